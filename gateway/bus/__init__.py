"""The wire: serial ports, requests and their answers, our own strict master."""
