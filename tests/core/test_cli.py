"""The command line: results on stdout, everything else on stderr, one line for what is wrong, and true exit codes."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from optlab.cli import pictures
from optlab.engine.experiment_file import load_experiment
from optlab.engine.headless import compute
from optlab.engine.planning import plan
from optlab.gui import startup
from optlab.host import load_plugins
from optlab.store.library import find_experiment

PLUGIN = '''
"""A plugin of the tests."""
import os, signal, time
from optlab.api import Optimizer, hookimpl, real
print("a plugin prints at import")

class Presses(Optimizer):
    """Presses Ctrl-C. Source: none."""
    name = "presses"
    lr: float = real(0.1, 0.0, 1.0)
    def step(self, params, grads, state):
        {body}

@hookimpl
def register_optimizers():
    return [Presses]
'''


@pytest.fixture
def plugin(tmp_path):
    """`plugin("raise …")`: a file with an optimizer `presses` whose step does that."""

    def write(body):
        file = tmp_path / "presses.py"
        file.write_text(PLUGIN.replace("{body}", body))
        return str(file)

    return write


def spawn(*argv, **options):
    return subprocess.run(
        [sys.executable, "-m", "optlab", *argv], capture_output=True, text=True, timeout=120, **options
    )


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# running


def test_run_prints_a_summary_and_nothing_else(optlab):
    code, out, err = optlab("run", "vanishing-gradient", "--steps", "40")
    assert (code, err) == (0, "")
    assert "W1/W13" in out and "▼ vanishing" in out and out.count("done") == 5


def test_a_narrow_terminal_is_told_once_what_all_runs_share():
    from optlab import lab
    from optlab.cli.summary import summary
    from optlab.cli.tables import render

    results = lab.run("vanishing-gradient", steps=5)
    lines = render(*summary(results, narrow=True)).split("\n")
    assert "momentum · 0.01, constant" in lines[1] and max(map(len, lines)) < 80
    assert not any("momentum" in line for line in lines[2:])


def test_run_writes_its_rows(optlab, tmp_path):
    code, _, err = optlab("run", "ravine", "--steps", "9", "--seeds", "0,2", "--csv", str(tmp_path / "r.csv"))
    assert code == 0 and "r.csv" in err
    rows = read(tmp_path / "r.csv")
    assert len(rows) == 5 * 2 * 10 and {row["seed"] for row in rows} == {"0", "2"}


def test_a_set_key_reaches_the_run(optlab):
    _, out, _ = optlab(
        "run", "ravine", "--json", "--steps", "3", "--set", "trial.Adam.optimizer.lr=0.5", "--set=optimizer.lr=1e-3"
    )
    assert [run["lr"] for run in json.loads(out)["runs"]] == [0.001, 0.01, 0.01, 0.1, 0.5]


COSINE = 'steps = 40\nproblem = { name = "ravine" }\noptimizer = { name = "sgd" }\n'


@pytest.mark.parametrize(("table", "lines"), [
    ("", []),
    ('schedule = { name = "cosine" }', []),
    ('schedule = { name = "cosine", over = 50 }', ["cosine takes 50 steps, the run ends after 40"]),
    ('schedule = { name = "cosine", over = 30 }\n[[trial]]\nlabel = "a"\n[[trial]]\nlabel = "b"',
     ["cosine has ended after 30 of 40 steps"]),
    ('[[trial]]\nlabel = "a"\n[[trial]]\nlabel = "b"\nschedule = { name = "warmup", over = 60 }\n'
     '[[trial]]\nlabel = "c"\nschedule = { name = "cosine", over = 30 }',
     ["b: warm-up takes 60 steps, the run ends after 40", "c: cosine has ended after 30 of 40 steps"]),
])  # fmt: skip
def test_a_schedule_longer_or_shorter_than_the_run_is_a_line_on_stderr(optlab, tmp_path, table, lines):
    (tmp_path / "e.toml").write_text(COSINE + table)
    code, out, err = optlab("run", str(tmp_path / "e.toml"), "--json")
    assert code == 0 and len(json.loads(out)["runs"]) >= 1
    assert err.splitlines() == [f"optlab: note: {line}" for line in lines]


def test_a_notice_speaks_the_language_in_force(optlab, tmp_path):
    (tmp_path / "e.toml").write_text(COSINE + 'schedule = { name = "cosine", over = 50 }')
    _, _, err = optlab("run", str(tmp_path / "e.toml"), "--language", "zh_CN")
    assert err == "optlab: 提示：余弦退火 需要 50 步，而运行在 40 步后结束\n"


def test_what_cannot_run_is_said_without_notices(optlab, tmp_path):
    (tmp_path / "e.toml").write_text(COSINE + 'schedule = { name = "one_cycle", over = 50, momentum = 0.5 }')
    code, _, err = optlab("run", str(tmp_path / "e.toml"))
    assert code == 2 and err.startswith("optlab: one_cycle: expected an optimizer") and err.count("\n") == 1


def test_a_diverged_run_is_exit_code_1_and_strict_json(optlab):
    code, out, err = optlab("run", "ravine", "--json", "--set", "optimizer.lr=10", "--set", "bound=1e299")
    runs = json.loads(out, parse_constant=pytest.fail)["runs"]
    assert (code, err) == (1, "") and runs[0]["status"] == "diverged" and runs[1]["status"] == "done"
    assert "lower lr" in runs[0]["message"]


def test_a_loss_that_is_not_finite_is_null(optlab, plugin):
    code, out, _ = optlab(
        "run",
        "ravine",
        "--json",
        "--set",
        "trial.Adam.optimizer.name=presses",
        "--plugin",
        plugin("params[:] = float('inf')"),
    )
    last = json.loads(out, parse_constant=pytest.fail)["runs"][-1]
    assert code == 1 and last["loss"] is None and last["status"] == "diverged"


def test_a_failing_plugin_is_exit_code_1_and_a_sentence(optlab, plugin):
    sets = "--set", "trial.Adam.optimizer.name=presses"
    code, out, err = optlab("run", "ravine", *sets, "--plugin", plugin("raise ValueError('no')"))
    assert code == 1 and "Adam: " in out and "ValueError: no" in out and "presses.py" in out
    assert "Traceback" not in out + err and out.count(" done ") == 4


def test_what_plugins_print_stays_out_of_the_json(optlab, plugin):
    sets = "--set", "trial.Adam.optimizer.name=presses"
    _, out, err = optlab("run", "ravine", "--json", "--steps", "2", *sets, "--plugin", plugin("print('a step')"))
    assert json.loads(out) and "a plugin prints" in err and "a step" in err


def test_ctrl_c_keeps_the_results_so_far(optlab, plugin, tmp_path):
    body = "os.kill(os.getppid(), signal.SIGINT) if state.t == 50 else None"
    code, out, err = optlab(
        "run", "ravine", "--steps", "0", "--set", "trial.Adam.optimizer.name=presses", "--plugin", plugin(body),
        "--csv", str(tmp_path / "r.csv"),
    )  # fmt: skip
    assert code == 130 and out.count("stopped at step") == 5 and "Traceback" not in out + err
    assert [row["step"] for row in read(tmp_path / "r.csv")].count("50") == 5


def test_a_process_that_hangs_is_ended_after_ctrl_c(optlab, plugin):
    body = "os.kill(os.getppid(), signal.SIGINT); time.sleep(600)"
    sets = "--set", "trial.Adam.optimizer.name=presses"
    code, out, _ = optlab("run", "ravine", *sets, "--plugin", plugin(body), "--steps", "0")
    assert code == 130 and out.count("stopped at step") == 4 and "did not stop within 1 s" in out


def test_an_interrupt_that_nobody_pressed_is_a_fault_of_the_plugin(optlab, plugin):
    sets = "--set", "trial.Adam.optimizer.name=presses"
    code, out, _ = optlab("run", "ravine", *sets, "--plugin", plugin("raise KeyboardInterrupt"))
    assert code == 1 and "failed at step 0: KeyboardInterrupt" in out and out.count(" done ") == 4


def in_the_thread(plugin, body):
    """The runs of the ravine, the optimizer of the tests among them, as the calling thread computes them."""
    host = load_plugins([Path(plugin(body))], shipped_only=True)
    sets = ["trial.Adam.optimizer.name=presses", "steps=0"]
    batches = plan(load_experiment(find_experiment("ravine"), host.catalogue, sets))
    return compute(batches), [run for batch in batches for run in batch.runs]


def test_ctrl_c_lets_all_runs_end_the_turn_that_they_began(plugin):
    whole, runs = in_the_thread(plugin, "signal.raise_signal(signal.SIGINT) if state.t == 50 else None")
    assert not whole and {run.status for run in runs} == {"stopped"} and len({run.step for run in runs}) == 1


def test_a_step_that_hangs_is_left_at_the_second_ctrl_c(plugin):
    whole, runs = in_the_thread(plugin, "while True: signal.raise_signal(signal.SIGINT)")
    assert not whole and {run.status for run in runs} == {"stopped"}


def test_an_experiment_comes_from_stdin(optlab, monkeypatch):
    text = b'problem = { name = "ravine" }\noptimizer = { name = "adam" }\nsteps = 4\n'
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
    assert optlab("run", "-")[0] == 0


def test_words_of_users_are_no_markup_and_command_no_terminal(optlab, tmp_path):
    file = tmp_path / "evil.toml"
    file.write_text(
        'title = "[red]x[/red] :smile:"\nsteps = 2\nproblem = { name = "ravine" }\noptimizer = { name = "adam" }\n'
        '[[trial]]\nlabel = "[bold]a"\n',
        encoding="utf-8",
    )
    _, out, _ = optlab("run", str(file))
    assert "[red]x[/red] :smile:" in out and "[bold]a" in out


# bad input

MALFORMED = 'title = "open\n'
UNKNOWN = 'problem = { name = "ravine" }\noptimizer = { name = "adma" }\n'


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["run", "vanishing-gradien"], "did you mean 'vanishing-gradient'?"),
        (["run", "missing.toml"], "expected a file"),
        (["run", "malformed.toml"], "malformed.toml: not valid TOML"),
        (["run", "unknown.toml"], "did you mean 'adam'?"),
        (["run", "folder.toml"], "expected a file"),
        (["run", "latin.toml"], "save the file as UTF-8"),
        (["run", "ravine", "--set", "optimizer.lr=99"], "ravine.toml: optimizer.lr: expected 1e-06 to"),
        (["run", "ravine", "--set", "optimzer.lr=1"], "did you mean 'optimizer'?"),
        (["run", "ravine", "--set", "optimizer.lrr=1"], "did you mean 'lr'?"),
        (["run", "ravine", "--set", "trial.Adm.optimizer.lr=1"], "did you mean 'Adam'?"),
        (["run", "ravine", "--set", "nothing"], "expected KEY=VALUE"),
        (["run", "ravine", "--steps", "-1"], "steps: expected a whole number"),
        (["run", "ravine", "--steps", "many"], "steps: expected a whole number 0 to 1000000000, got 'many'"),
        (["run", "ravine", "--seeds", "0,0"], "seeds: expected"),
        (["run", "ravine", "--seeds", "a"], "seeds: expected"),
        (["run", "ravine", "--csv", "missing/r.csv"], "the folder does not exist"),
        (["run", "ravine", "--csv", "."], "a folder has that name"),
        (["run", "ravine", "--png", "missing/r.png"], "the folder does not exist"),
        (["run", "ravine", "--plugin", "missing.py"], "--plugin: expected a file or a folder"),
        (["run", "ravine", "--language", "xx"], "--language: expected one of en, zh_CN"),
        (["run"], "experiment"),
        (["run", "ravine", "--cvs", "r.csv"], "--cvs"),
        (["run", "ravine", "digits"], "digits"),
        (["list", "optimiser"], "did you mean 'optimizers'?"),
        (["screenshot"], "OUT.png"),
        (["screenshot", "a.png", "--size", "9x9"], "--size: expected WIDTHxHEIGHT"),
        (["screenshot", "a.png", "--size", "9000x9000"], "--size: expected WIDTHxHEIGHT"),
        (["screenshot", "a.png", "--theme", "blue"], "--theme: expected one of dark, light"),
        (["screenshot", "a.png", "--steps", "0"], "--steps: expected a whole number, 1 or more"),
        (["screenshot", "missing/a.png"], "the folder does not exist"),
        (["report", "learning-rate", "missing/a.html"], "the folder does not exist"),
        (["report", "learning-rate"], "OUT.html"),
        (["rnu"], "did you mean 'run'?"),
        (["digts"], "did you mean 'digits'?"),
        (["--them", "dark"], "did you mean '--theme'?"),
        (["--theme", "blue"], "--theme: expected one of dark, light, system"),
        (["--theme"], "--theme: expected a value, got none"),
        (["--plugin", "missing.py"], "--plugin: expected a file or a folder"),
        (["ravine", "digits"], "expected one experiment"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(optlab, tmp_path, monkeypatch, argv, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "malformed.toml").write_text(MALFORMED)
    (tmp_path / "unknown.toml").write_text(UNKNOWN)
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe9"\n')
    before = sorted(tmp_path.iterdir())
    code, out, err = optlab(*argv)
    assert (code, out) == (2, "")
    assert words in err and err.startswith("optlab: ") and err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_full_disk_after_the_run_is_one_line(optlab, tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("optlab.store.csv_table._frame", full)
    code, out, err = optlab("run", "ravine", "--steps", "2", "--csv", str(tmp_path / "r.csv"))
    assert code == 2 and "no space is left" in err and err.count("\n") == 1
    assert "gradient descent" in out and not list(tmp_path.iterdir())


def test_a_broken_plugin_is_one_line_and_the_run_goes_on(optlab, tmp_path):
    (tmp_path / "boom.py").write_text("raise RuntimeError('first\\nsecond \\x1b[31m')\n")
    code, out, err = optlab("run", "ravine", "--steps", "2", "--plugin", str(tmp_path))
    assert code == 0 and "gradient descent" in out
    assert err.startswith("optlab: plugin boom is broken: boom.py: RuntimeError: first second") and err.count("\n") == 1
    assert "\x1b" not in err


def test_a_fault_of_ours_is_one_line_too(optlab, monkeypatch):
    monkeypatch.setattr("optlab.lab.compute", lambda *_: 1 / 0)
    code, out, err = optlab("run", "ravine")
    assert (code, out) == (1, "") and "ZeroDivisionError" in err and err.count("\n") == 1


# listing


def test_list_names_everything(optlab):
    code, out, err = optlab("list")
    assert (code, err) == (0, "")
    for word in ("adam", "cosine", "spirals", "vanishing-gradient", "shipped"):
        assert word in out


def test_list_verbose_prints_documentation_and_fields(optlab):
    _, out, _ = optlab("list", "optimizers", "--verbose")
    assert "Source: Kingma & Ba" in out and "beta1" in out and "0 to 0.9999" in out


@pytest.mark.parametrize("kind", ["optimizers", "schedules", "problems", "experiments", "lessons", "plugins"])
def test_list_as_json_is_json(optlab, kind):
    _, out, _ = optlab("list", kind, "--json")
    assert all(entry["name"] for entry in json.loads(out, parse_constant=pytest.fail))


def test_list_shows_a_broken_plugin_with_its_reason(optlab, tmp_path):
    (tmp_path / "boom.py").write_text("import nothing_of_that_name\n")
    code, out, _ = optlab("list", "plugins", "--plugin", str(tmp_path / "boom.py"))
    assert code == 0 and "broken" in out and "No module named 'nothing_of_that_name'" in out


def test_list_shows_an_own_experiment_that_cannot_be_opened(optlab, monkeypatch, tmp_path):
    (tmp_path / "mine.toml").write_text(UNKNOWN)
    monkeypatch.setattr("optlab.store.library.user_folder", lambda _kind: tmp_path)
    code, out, _ = optlab("list", "experiments")
    assert code == 0 and "mine" in out and "did you mean 'adam'?" in out


# the window


def test_the_window_opens_with_what_was_asked(optlab, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr("optlab.gui.app.main", lambda *args, **named: asked.append((args, named)) or 0)
    code, _, _ = optlab("ravine", "--theme=light", "--language", "en", "--plugin", str(tmp_path), "--safe-mode")
    named = {"language": "en", "theme": "light", "plugins": [tmp_path], "safe_mode": True}
    assert code == 0 and asked == [(("ravine",), named)]


def test_the_window_opens_without_any_words(optlab, monkeypatch):
    asked = []
    monkeypatch.setattr("optlab.gui.app.main", lambda *args, **named: asked.append((args, named)) or 5)
    assert optlab()[0] == 5
    assert asked == [((None,), {"language": None, "theme": None, "plugins": [], "safe_mode": False})]


@pytest.mark.parametrize("argv", [[], ["run", "ravine", "--png", "a.png"]])
def test_a_system_that_cannot_show_the_window_says_why(optlab, monkeypatch, tmp_path, argv):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(startup, "missing_libraries", lambda _environ: ["libEGL.so.1"])
    code, _, err = optlab(*argv)
    assert code == 2 and "libEGL.so.1" in err and "Traceback" not in err


def test_without_a_display_results_go_into_a_folder(optlab, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(startup, "has_display", lambda: False)
    monkeypatch.setattr(pictures, "take", lambda path, *_args, **_named: path.write_bytes(b"picture"))
    code, out, err = optlab("ravine")
    folder = tmp_path / "optlab-results"
    assert code == 0 and "there is no display" in err and "gradient descent" in out
    assert sorted(file.name for file in folder.iterdir()) == ["ravine.csv", "ravine.png", "ravine.txt"]
    assert "gradient descent" in (folder / "ravine.txt").read_text("utf-8")


def test_without_a_display_and_without_qt_there_are_still_numbers(optlab, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(startup, "has_display", lambda: False)
    monkeypatch.setattr(startup, "missing_libraries", lambda _environ: ["libEGL.so.1"])
    code, _, err = optlab("ravine")
    assert code == 0 and "no picture: Qt needs libEGL.so.1" in err
    assert (tmp_path / "optlab-results" / "ravine.csv").is_file()


# the real thing, as a process


def test_the_command_line_leaves_heavy_packages_alone():
    heavy = "('PySide6', 'pyqtgraph', 'typer', 'rich', 'polars', 'numpy')"
    code = f"import optlab.cli, sys; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_the_way_to_the_window_needs_no_parser_library():
    code = (
        "import sys, types\n"
        "app = sys.modules['optlab.gui.app'] = types.ModuleType('optlab.gui.app')\n"
        "app.main = lambda *args, **named: 7\n"
        "from optlab.cli import main\n"
        "print(main(['ravine']), [m for m in ('PySide6', 'typer', 'rich', 'polars') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "7 []\n", done.stderr


def test_a_reader_that_goes_away_is_no_fault():
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "optlab", "list"], stdout=write_end, stderr=subprocess.PIPE, text=True, timeout=120
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("argv", [["--help"], ["run", "--help"], ["list", "-h"], ["screenshot", "--help"]])
def test_help_explains(optlab, argv):
    code, out, err = optlab(*argv)
    assert (code, err) == (0, "") and "Usage: optlab" in out and "--language" in out


def test_the_version_is_said(optlab):
    from optlab import __version__

    assert optlab("--version") == (0, f"optlab {__version__}\n", "")


def test_a_process_ends_with_the_code_and_without_a_traceback():
    done = spawn("run", "ravine", "--set", "optimizer.lr=9e9")
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1


def test_a_picture_of_the_window_is_a_png(tmp_path):
    done = spawn(
        "screenshot",
        str(tmp_path / "a.png"),
        "--experiment",
        "ravine",
        "--steps",
        "5",
        "--size",
        "900x600",
        "--view",
        "landscape",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_does_not_wait_for_a_run_that_has_diverged(tmp_path):
    wild = """
    steps = 200
    [problem]
    name = "ravine"
    [optimizer]
    name = "sgd"
    lr = 0.001
    [[trial]]
    label = "calm"
    [[trial]]
    label = "wild"
    optimizer = { lr = 9.0 }
    """
    (tmp_path / "wild.toml").write_text(wild, "utf-8")
    picture, experiment = str(tmp_path / "a.png"), str(tmp_path / "wild.toml")
    done = spawn("screenshot", picture, "--experiment", experiment, "--steps", "100", "--size", "900x600")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
