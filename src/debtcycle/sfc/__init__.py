"""A language for stock-flow consistent models: readable equations in, checked accounts out."""
