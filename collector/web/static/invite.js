// An invitation stands behind the # of its link, where no server sees it: it is put into the form, and out of the address.

const secret = decodeURIComponent(location.hash.slice(1));
if (secret) {
  document.getElementById("invitation").value = secret;
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("password").focus();
}
