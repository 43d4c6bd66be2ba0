"""What Spark says goes to a file that a user is sent to, or that goes with the process."""

from pathlib import Path

from garant.engines.spark.log import SparkLog

SAID = """\
java.lang.IllegalStateException: wrapped
	at org.apache.spark.Deploy(Deploy.scala:1)
Caused by: java.io.IOException: Failed to connect
Caused by: java.net.ConnectException: Connection refused: /10.0.0.1:7077
	at java.base/sun.nio.ch.Net.connect(Native Method)
"""


def test_the_cause_is_what_the_last_error_goes_back_to_and_nothing_where_none_is_said(tmp_path: Path) -> None:
    log = SparkLog(tmp_path / "spark.log")
    log.path.write_text(SAID)
    assert log.cause() == "Connection refused: /10.0.0.1:7077"
    log.path.write_text("WARN nothing happened\n")
    assert log.cause() == ""


def test_the_file_goes_unless_somebody_was_sent_there(tmp_path: Path) -> None:
    unread, read = SparkLog(tmp_path / "unread.log"), SparkLog(tmp_path / "read.log")
    for log in (unread, read):
        log.path.write_text(SAID)
    assert read.kept() == read.path
    for log in (unread, read, unread):
        log.close()
    assert [path.name for path in tmp_path.iterdir()] == ["read.log"]
