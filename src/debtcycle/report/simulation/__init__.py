"""A simulation as a report: text, JSON and a page, alone or beside another one."""
