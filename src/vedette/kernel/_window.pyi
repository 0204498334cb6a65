from vedette.kernel.window import Evaluate

evaluate: Evaluate
