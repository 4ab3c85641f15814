"""Numbers for Prometheus, at a port of their own."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from demo.door.server import Behind

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
STATES = ("none", "starting", "running", "stopping", "stopped", "finished", "failed", "dead")


class Now(Collector):
    """What is so at this moment, looked up when it is asked for."""

    def __init__(self, behind: Behind, training: Callable[[], str]) -> None:
        self.watch, self.work, self.training = behind.watch, behind.work, training

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("vae_people_drawing", "Pages that had a drawing read lately.", value=self.watch.pages())
        kinds = {"live": self.work.live, "heavy": self.work.heavy, "commands": self.work.commands}
        for name, words in (("taken", "Places at work."), ("waiting", "Questions that wait for their turn.")):
            gauge = GaugeMetricFamily(f"vae_work_{name}", words, labels=["work"])
            for kind, turns in kinds.items():
                gauge.add_metric([kind], getattr(turns, name))
            yield gauge
        state, now = GaugeMetricFamily("vae_training", "1 for the training's state.", labels=["state"]), self.training()
        for name in STATES:
            state.add_metric([name], float(name == now))
        yield state


def serve_metrics(host: str, port: int, behind: Behind, training: Callable[[], str]) -> None:
    """GET /metrics at that address from now on; raises OSError in a sentence where it cannot be had."""
    registry = CollectorRegistry()
    calls = Counter("vae_calls", "Calls by kind and outcome.", ["kind", "outcome"], registry=registry)
    seconds = Histogram("vae_call_seconds", "Seconds of a call.", ["kind"], buckets=SECONDS, registry=registry)
    registry.register(Now(behind, training))

    def observe(kind: str, outcome: str, took: float) -> None:
        calls.labels(kind, outcome).inc()
        if outcome == "answered":
            seconds.labels(kind).observe(took)

    try:
        start_http_server(port, host, registry)
    except (OSError, OverflowError) as error:
        raise OSError(f"cannot tell metrics at {host}, port {port}: {getattr(error, 'strerror', error)}") from None
    behind.watch.observer = observe
