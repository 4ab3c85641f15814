"""The app on Ray Serve, on one machine or many: serve run deploy/serve.yaml.

Each replica is the whole app, made where it runs, its start-up included. Nothing live depends on which replica answers.
"""

import contextlib
import shlex

from ray import serve
from ray.serve import Application
from starlette.types import ASGIApp

_kept = contextlib.ExitStack()  # what lasts as long as the process


def build_app(options: str) -> ASGIApp:
    """What `python app.py` serves with these options, without its listener."""
    from demo.app import build
    from demo.command import parse, training_of
    from demo.door.prefix import normal
    from demo.door.server import Door
    from demo.door.surroundings import PAST_PROXIES, environment, own_folder

    chosen = parse(shlex.split(options))
    _kept.enter_context(own_folder())
    found = _kept.enter_context(environment(**PAST_PROXIES))
    door = Door(
        host=chosen.host,
        hosts=chosen.allow_host,
        proxies=chosen.forwarded_allow_ips,
        embedders=chosen.embed_in,
        root_path=normal(chosen.root_path),
        rate=max(0.0, chosen.rate),
    )
    return build(door, chosen.model, _kept.enter_context(training_of(chosen, found)))


def app(arguments: dict[str, str]) -> Application:
    """`arguments` has the `options` of app.py; how many replicas there are stands in serve.yaml."""
    options = arguments.get("options", "")

    def built() -> ASGIApp:
        return build_app(options)

    @serve.deployment
    @serve.ingress(built)
    class App:
        """A replica."""

    return App.bind()  # pyright: ignore[reportFunctionMemberAccess] - Ray does not say what its decorators return
