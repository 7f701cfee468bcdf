"""Machine code for a model: written in LLVM's language, compiled once, run over lanes of paths."""
