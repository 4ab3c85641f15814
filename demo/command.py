"""The command that serves the app: vae-demo, or python app.py in a checkout."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from demo.door.limits import RATE
from demo.door.log import LEVELS, log_to_stderr, tell
from demo.door.surroundings import PAST_PROXIES, ended_in_order, environment, own_folder

if TYPE_CHECKING:
    from demo.tabs.train.closed import Closed
    from demo.tabs.train.run import Run


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Options of the command line; GRADIO_SERVER_NAME, _PORT, GRADIO_ROOT_PATH and FORWARDED_ALLOW_IPS set defaults."""
    parser = argparse.ArgumentParser(description="Draw digits with a conditional VAE in the browser.")
    add = parser.add_argument
    add(
        "--host", default=os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1", help="address to listen on (%(default)s)"
    )
    add(
        "--port", default=os.environ.get("GRADIO_SERVER_PORT") or 7860, type=int, help="port to listen on (%(default)s)"
    )
    add("--model", default="conv", help="a shipped model's name or the path of a checkpoint (%(default)s)")
    add("--share", action="store_true", help="also open a public link through Gradio's tunnel")
    add("--no-training", action="store_true", help="leave the Train tab out; NO_TRAINING=1 does so too")
    add(
        "--runtime",
        default=os.environ.get("RUNTIME", "auto"),
        choices=("auto", "browser", "server"),
        help="who answers what a person does live; auto is the browser as soon as it can (%(default)s)",
    )
    add("--data", default="data", type=Path, help="folder of MNIST for the Train tab, got on demand (%(default)s)")
    add("--runs", default="runs", type=Path, help="folder for what the Train tab writes (%(default)s)")
    add_whom_to_answer(parser)
    add_what_is_told(parser)
    return parser.parse_args(arguments)


def add_whom_to_answer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name that the app is asked for by, beside its own addresses; .NAME is all that end so, * any",
    )
    parser.add_argument(
        "--embed-in",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a site whose pages may show the app in a frame",
    )
    parser.add_argument(
        "--forwarded-allow-ips",
        default=os.environ.get("FORWARDED_ALLOW_IPS", ""),
        metavar="LIST",
        help="addresses of proxies whose word on client, scheme and host is believed (none)",
    )
    parser.add_argument(
        "--root-path",
        default=os.environ.get("GRADIO_ROOT_PATH", ""),
        metavar="PATH",
        help="the path that a proxy takes off, as /demo (none)",
    )
    parser.add_argument(
        "--rate",
        default=RATE,
        type=float,
        help="questions a second that one address may ask; 0 is any number (%(default)g)",
    )


def add_what_is_told(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--log-level", default="warning", choices=LEVELS, help="of the log's lines, JSON on stderr (%(default)s)"
    )
    parser.add_argument(
        "--metrics-port", type=int, metavar="PORT", help="a port of its own where Prometheus finds /metrics (none)"
    )
    parser.add_argument(
        "--metrics-host", default="127.0.0.1", metavar="HOST", help="the address of that port (%(default)s)"
    )


def main() -> None:
    options = parse()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # pictures are small: threads would take turns, not share the work
    try:
        with log_to_stderr(options.log_level), ended_in_order(), own_folder(), environment(**PAST_PROXIES) as found:
            run(options, found)
    except (ValueError, OSError) as error:  # no such model, a port that is taken
        raise SystemExit(f"{Path(sys.argv[0]).name}: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None


def run(options: argparse.Namespace, found: Mapping[str, str]) -> None:
    """Serve until told to end; what is started needs the environment as it was found. The imports stand here, so that
    --help answers at once."""
    from demo.app import behind_the_door, build
    from demo.door.prefix import normal
    from demo.door.server import TUNNEL, Door, address_of, listen, serve, tunnel
    from demo.tabs.train.run import Run

    door = Door(
        host=options.host,
        port=options.port,
        hosts=[*options.allow_host, *([TUNNEL] if options.share else [])],
        proxies=options.forwarded_allow_ips,
        embedders=options.embed_in,
        root_path=normal(options.root_path),
        rate=max(0.0, options.rate),
    ).in_its_place()
    # A port that is taken is told before anything is loaded.
    with listen(door) as listener, training_of(options, found) as training:
        behind = behind_the_door()
        app = build(door, options.model, training, behind, options.runtime)
        if options.metrics_port is not None:
            from demo.door.metrics import serve_metrics

            state = training.state if isinstance(training, Run) else lambda: "none"
            serve_metrics(options.metrics_host, options.metrics_port, behind, state)
        address = address_of(door, listener)
        print(f"Running at {address}", flush=True)
        if isinstance(training, Run):
            print(f"Whoever opens {training.owner.link(address)} may stop any training.", flush=True)
        if options.share:
            with environment(no_proxy=found.get("no_proxy")):
                print(f"and at {tunnel(listener)}", flush=True)
        tell("start", address=address, model=options.model, training=isinstance(training, Run))
        try:
            serve(app, door, listener)
        finally:
            tell("stop", address=address)


@contextlib.contextmanager
def training_of(options: argparse.Namespace, found: Mapping[str, str]) -> "Iterator[Run | Closed | None]":
    """What the Train tab shows, which is left out where there is none; a training that it started ends with the app."""
    from demo.tabs.train.closed import Closed
    from demo.tabs.train.run import Run, training_is_off

    if options.no_training or training_is_off(os.environ):
        yield None
        return
    try:
        run = Run(options.runs, options.data, found)
    except OSError as error:
        closed = Closed(options.runs, error)
        print(closed.told, file=sys.stderr)
        yield closed
        return
    try:
        yield run
    finally:
        run.end()


if __name__ == "__main__":
    main()
