"""The way of a student's project: Flask, a pickled model, and a DataFrame of features that somebody else made.

Run: python benchmarks/peers/flask_pickle.py MODEL PORT PROCESSES
No record, no reasons, no check of what is sent. Served by gevent's server, since Flask's own is for development; the
processes share one socket.
"""

import pickle
import sys
from pathlib import Path

import pandas  # noqa: ICN001 - pd is our PD
from flask import Flask, jsonify, request
from gevent.os import fork
from gevent.pywsgi import WSGIServer


def app_of(path: Path) -> Flask:
    """Make the application around a pickled model."""
    model = pickle.loads(path.read_bytes())  # noqa: S301 - how such a project keeps its model; the file is our own
    app = Flask(__name__)

    @app.post("/predict")
    def predict():  # noqa: ANN202  # pyright: ignore[reportUnusedFunction] - Flask calls it
        frame = pandas.DataFrame([request.get_json()]).astype(float)
        probability = float(model.predict(frame)[0])
        return jsonify({"probability": probability, "decision": "refused" if probability > 0.5 else "accepted"})  # noqa: PLR2004

    return app


def main(path: Path, port: int, processes: int) -> None:
    """Serve until killed."""
    app = app_of(path)
    server = WSGIServer(("127.0.0.1", port), app, log=None)
    server.init_socket()
    for _ in range(processes - 1):
        if fork() == 0:
            break
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
