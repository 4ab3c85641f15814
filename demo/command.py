"""The command that serves the app: vae-demo, or python app.py in a checkout."""

import argparse
import os
import sys
from pathlib import Path


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Options of the command line; GRADIO_SERVER_NAME, GRADIO_SERVER_PORT and FORWARDED_ALLOW_IPS set defaults."""
    parser = argparse.ArgumentParser(description="Draw digits with a conditional VAE in the browser.")
    add = parser.add_argument
    add("--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="address to listen on (%(default)s)")
    add("--port", default=os.environ.get("GRADIO_SERVER_PORT", 7860), type=int, help="port to listen on (%(default)s)")
    add("--model", default="conv", help="a shipped model's name or the path of a checkpoint (%(default)s)")
    add("--share", action="store_true", help="also open a public link through Gradio's tunnel")
    add("--no-training", action="store_true", help="leave the Train tab out; NO_TRAINING=1 does so too")
    add("--data", default="data", type=Path, help="folder of MNIST for the Train tab, got on demand (%(default)s)")
    add("--runs", default="runs", type=Path, help="folder for what the Train tab writes (%(default)s)")
    add_whom_to_answer(parser)
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


def main() -> None:
    options = parse()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # pictures are small: threads would take turns, not share the work
    try:
        run(options)
    except (ValueError, OSError) as error:  # no such model, a port that is taken
        raise SystemExit(f"{Path(sys.argv[0]).name}: {error}") from None


def run(options: argparse.Namespace) -> None:
    """Serve until told to end. The imports stand here, so that --help answers at once."""
    from demo.app import build
    from demo.door.server import TUNNEL, Door, address_of, listen, serve, tunnel
    from demo.tabs.train.run import Run, training_is_off

    door = Door(
        host=options.host,
        port=options.port,
        hosts=[*options.allow_host, *([TUNNEL] if options.share else [])],
        proxies=options.forwarded_allow_ips,
        embedders=options.embed_in,
        root_path=os.environ.get("GRADIO_ROOT_PATH", ""),
    ).in_its_place()
    with listen(door) as listener:  # a port that is taken is told before anything is loaded
        off = options.no_training or training_is_off(os.environ)
        training = None if off else Run(options.runs, options.data)
        app = build(door, options.model, training)
        print(f"Running at {address_of(door, listener)}", flush=True)
        if training:
            print(f"Whoever opens {training.owner.link(address_of(door, listener))} may stop any training.", flush=True)
        if options.share:
            print(f"and at {tunnel(listener)}", flush=True)
        serve(app, door, listener)


if __name__ == "__main__":
    main()
