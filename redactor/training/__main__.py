"""Rebuild the shipped name models and the shipped list of ordinary words."""

import argparse
from pathlib import Path

import spacy

from redactor.training import evaluate, fast, words


def main(arguments: list[str] | None = None) -> None:
    """Run the command that the arguments name."""
    chosen = parser().parse_args(arguments)
    if chosen.command == "accurate" and chosen.teacher and not chosen.start:
        parser().error("--teacher needs --start")
    match chosen.command:
        case "fast":
            fast.run(
                fast.Options(
                    chosen.corpora,
                    chosen.out,
                    _state(chosen),
                    chosen.teacher,
                    chosen.seed,
                    chosen.steps,
                )
            )
        case "accurate":
            from redactor.training.encoder import build  # needs the `train` extra

            build.run(
                build.Options(
                    chosen.corpora,
                    chosen.out,
                    _state(chosen),
                    chosen.seed,
                    chosen.teacher,
                    chosen.start,
                )
            )
        case "teacher":
            from redactor.training.encoder import build

            build.run_teacher(
                build.Options(chosen.corpora, chosen.out, _state(chosen), chosen.seed)
            )
        case "words":
            chosen.out.write_text("\n".join(words.ordinary(chosen.corpora)) + "\n", "utf-8")
        case "evaluate":
            measured = evaluate.measure_all(spacy.load(chosen.model), chosen.corpora)
            print(evaluate.table(measured))


def parser() -> argparse.ArgumentParser:
    """The command line: one command for each product, and one to measure a model."""
    made = argparse.ArgumentParser(prog="python -m redactor.training", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)
    accurate = commands.add_parser("accurate", help="the encoder, which teaches the fast model")
    large = commands.add_parser("teacher", help="the large encoder that teaches the accurate one")
    quick = commands.add_parser("fast", help="the convolution with the name lists")
    listed = commands.add_parser("words", help="the list of ordinary words")
    measured = commands.add_parser("evaluate", help="the figures of a model on the dev parts")
    for command in (accurate, large, quick, listed, measured):
        command.add_argument("--corpora", type=Path, required=True, help="annotated texts")
    for command in (accurate, large, quick, listed):
        command.add_argument("--out", type=Path, required=True, help="what to write")
    for command in (accurate, large, quick):
        command.add_argument("--seed", type=int, default=0)
        command.add_argument(
            "--state", type=Path, help="checkpoints of an interrupted run (OUT.state)"
        )
    accurate.add_argument("--teacher", type=Path, help="weights that `teacher` wrote, with --start")
    accurate.add_argument("--start", type=Path, help="folder of a model to train on")
    quick.add_argument(
        "--teacher", type=Path, help="a trained model whose annotations are learnt too"
    )
    quick.add_argument("--steps", type=int, default=fast.STEPS)
    measured.add_argument("--model", type=Path, required=True, help="folder of a spaCy pipeline")
    return made


def _state(chosen: argparse.Namespace) -> Path:
    state: Path = chosen.state or chosen.out.with_name(f"{chosen.out.name}.state")
    return state


if __name__ == "__main__":
    main()
