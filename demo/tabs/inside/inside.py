"""Inside: one picture on its way through the model, with every number and the loss they add up to."""

from pathlib import Path

import gradio as gr

from demo.page.widget import widget
from demo.tabs.inside.source import sources

FORMULAS = {
    "encoder": r"q(z \mid x) = \mathcal{N}\big(\mu,\, \mathrm{diag}\,\sigma^2\big)",
    "sample": r"z = \mu + \sigma \odot \epsilon, \quad \epsilon \sim \mathcal{N}(0, I)",
    "classifier": r"y = p(\,\cdot \mid x) = \mathrm{softmax}(\text{logits})",
    "style": r"z = f(w; y), \quad w \sim \mathcal{N}(0, I)",
    "style-alone": r"z = f(w), \quad w \sim \mathcal{N}(0, I)",
    "decoder": r"\hat{x} = \mathrm{sigmoid}\big(\mathrm{decoder}(z, y)\big)",
    "decoder-alone": r"\hat{x} = \mathrm{sigmoid}\big(\mathrm{decoder}(z)\big)",
    "bernoulli": r"-\textstyle\sum_i \big[x_i \log \hat{x}_i + (1 - x_i) \log (1 - \hat{x}_i)\big]",
    "gaussian": r"\textstyle\sum_i \Big[\frac{(x_i - \hat{x}_i)^2}{2 \cdot 0.5^2} + \log\big(0.5 \sqrt{2\pi}\big)\Big]",
    "kl": r"\tfrac{1}{2}\,\big(\mu_k^2 + \sigma_k^2 - 1 - \log \sigma_k^2\big)",
    "gain": r"\log \frac{p(z \mid y)}{\mathcal{N}(z; 0, I)} = \log \mathcal{N}(w; 0, I) + \log \left|\det"
    r" \tfrac{\partial w}{\partial z}\right| - \log \mathcal{N}(z; 0, I)",
    "classification": r"-\log p(y \mid x)",
    "elbo": r"\mathrm{ELBO} = \log p(x \mid z, y) - \mathrm{KL}",
    "elbo-alone": r"\mathrm{ELBO} = \log p(x \mid z) - \mathrm{KL}",
    "loss": r"\mathcal{L} = -\log p(x \mid z, y) + \beta\, \mathrm{KL} - \omega \log p(y \mid x)",
    "loss-alone": r"\mathcal{L} = -\log p(x \mid z) + \beta\, \mathrm{KL}",
}


ASSETS = Path(gr.__file__).parent / "templates/frontend/assets"


def katex() -> dict[str, str]:
    """Where Gradio serves the script of KaTeX that sets formulas, and its style sheet."""
    found = {"script": "auto-render-*.js", "style": "katex-*.css"}
    return {kind: f"assets/{next(ASSETS.glob(pattern)).name}" for kind, pattern in found.items()}


def inside_tab() -> None:
    """The Inside tab. Gradio sets the formulas, with the KaTeX it brings, and the widget puts each in its place."""
    widget(
        "tabs/inside/inside", elem_classes=["inside-block"], digits=list(range(10)), sources=sources(), katex=katex()
    )
    with gr.Column(elem_id="formulas"):
        for name, formula in FORMULAS.items():
            gr.Markdown(
                f"${formula}$",
                elem_id=f"formula-{name}",
                latex_delimiters=[{"left": "$", "right": "$", "display": False}],
            )
