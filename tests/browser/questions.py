"""What a page asks of its models and waits for, whoever answers: its server, or threads of its own."""

from collections.abc import Callable
from typing import Any, TypedDict

from playwright.sync_api import BrowserContext, Page

# Where a question leaves the page's own thread, which decodes single pictures itself where it is quick enough, it is
# noted in `questionsAsked`, with how many of its name are then under way.
WATCH = r"""(() => {
    const { fetch, Worker } = window;
    const asked = (window.questionsAsked = []);
    const begin = (name, told) => {
        const others = asked.filter((one) => one.name === name && !one.ended);
        const question = { name, told, ended: false, under_way: others.length + 1 };
        asked.push(question);
        return () => void (question.ended = true);
    };
    window.fetch = (address, options, ...more) => {
        const [, name] = /\/live\/(\w+)$/.exec(address) ?? [];
        const end = name && typeof options?.body === "string" && begin(name, JSON.parse(options.body));
        return fetch(address, options, ...more).finally(end || (() => {}));
    };
    window.Worker = class extends Worker {
        ends = new Map();
        constructor(...place) {
            super(...place);
            this.addEventListener("message", ({ data: { id } }) => this.ends.get(id)?.());
            this.addEventListener("error", () => this.end());
        }
        postMessage(message, ...more) {
            if (message.id) this.ends.set(message.id, begin(message.name, message.question));
            super.postMessage(message, ...more);
        }
        terminate() {
            this.end();
            super.terminate();
        }
        end() {
            for (const end of this.ends.values()) end();
        }
    };
})()"""
COUNT = "[window.questionsAsked?.length ?? 0, window.questionsAsked?.filter(({ ended }) => !ended).length ?? 0]"


class Question(TypedDict):
    name: str
    told: dict[str, Any]
    ended: bool
    under_way: int  # of its name when it was asked, itself among them


def watch(context: BrowserContext) -> None:
    """From now on the pages of the context note what they ask."""
    context.add_init_script(WATCH)


def from_now(page: Page, *names: str) -> Callable[[], list[Question]]:
    """What the page will have asked under these names, and any where none is given."""
    begun = page.evaluate("questionsAsked.length")

    def asked() -> list[Question]:
        found: list[Question] = page.evaluate("(begun) => questionsAsked.slice(begun)", begun)
        return [question for question in found if not names or question["name"] in names]

    return asked


def most_at_once(asked: list[Question]) -> int:
    """How many questions of a name were under way together."""
    return max((question["under_way"] for question in asked), default=0)


def count(page: Page) -> tuple[int, int]:
    """How many questions the page and its frames asked, and how many of them have no answer yet."""
    told = [frame.evaluate(COUNT) for frame in page.frames if frame.url.startswith("http")]
    return sum(asked for asked, _ in told), sum(open for _, open in told)
