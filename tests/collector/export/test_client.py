"""The one bucket: the real client against a real HTTP server that records, refuses and disappears."""

import pytest

from collector.export.client import AwayError, InfluxBucket, OperatorError, Refusal
from collector.settings import InfluxSettings

LINES = [b"reading,point=p%d%s value=1 %d" % (n, b"bad" if n in (3, 40) else b"", n) for n in range(64)]


@pytest.mark.parametrize(("refusal", "stores_the_rest"), [(400, False), (400, True), (422, True), (413, False)])
def test_a_line_that_is_refused_is_given_back_and_all_others_arrive(writer, recorder, refusal, stores_the_rest):
    recorder.refuses, recorder.refusal, recorder.stores_the_rest = b"bad", refusal, stores_the_rest
    assert writer.write(LINES) == [Refusal(LINES[3], "what is wrong"), Refusal(LINES[40], "what is wrong")]
    assert len(recorder.lines) == 62
    assert recorder.requests[0] == ("/api/v2/write?org=org&bucket=dam&precision=ms", "Token secret")


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, OperatorError), (403, OperatorError), (404, OperatorError), (429, AwayError), (500, AwayError)],
)
def test_a_server_that_cannot_take_it_now_keeps_everything_for_later(writer, recorder, status, reason):
    recorder.status = status
    with pytest.raises(reason, match=f"{status} what is wrong"):
        writer.write([b"reading value=1 1"])
    recorder.status = 204
    assert writer.write([b"reading value=1 1"]) == []


@pytest.mark.parametrize(("header", "wish_s"), [("7", 7.0), ("", 0.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0)])
def test_a_server_that_asks_to_wait_is_heard(writer, recorder, header, wish_s):
    recorder.status, recorder.retry_after = 503, header
    with pytest.raises(AwayError) as caught:
        writer.write([b"reading value=1 1"])
    assert caught.value.retry_after_s == wish_s


def test_a_server_whose_disk_is_full_needs_a_person(writer, recorder):
    """InfluxDB 1.6 goes on to answer so when there is space again, until it is started anew."""
    recorder.status, recorder.message = (
        500,
        "engine: error writing WAL entry: no space left on device",
    )
    with pytest.raises(OperatorError, match="free its disk, then start InfluxDB anew"):
        writer.write([b"reading value=1 1"])


def test_what_is_older_than_the_bucket_keeps_is_no_fault_of_the_lines(writer, recorder, caplog):
    recorder.refuses, recorder.refusal, recorder.stores_the_rest = b"bad", 400, True
    recorder.message = "partial write: points beyond retention policy dropped=2"
    assert writer.write(LINES) == writer.write(LINES) == []
    assert (len(recorder.requests), len(recorder.lines)) == (2, 62)
    assert caplog.text.count("what is older than its bucket keeps") == 1


def test_a_token_that_was_replaced_is_read_anew(writer, recorder, tmp_path):
    recorder.status = 401
    with pytest.raises(OperatorError):
        writer.write([b"reading value=1 1"])
    (tmp_path / "token").write_text("another\n")
    with pytest.raises(OperatorError):
        writer.write([b"reading value=1 1"])
    assert [token for _, token in recorder.requests] == ["Token secret", "Token secret", "Token another"]
    (tmp_path / "token").unlink()
    with pytest.raises(OperatorError):
        writer.write([b"reading value=1 1"])
    recorder.status = 204
    assert writer.write([b"reading value=1 1"]) == []


def test_a_server_that_is_not_there_keeps_everything_for_later(tmp_path):
    (tmp_path / "token").write_text("secret")
    writer = InfluxBucket(InfluxSettings("http://127.0.0.1:1", "org", "dam", tmp_path / "token"))
    with pytest.raises(AwayError):
        writer.write([b"reading value=1 1"])
    with pytest.raises(AwayError):
        list(writer.ask("SELECT 1"))
    writer.close()
