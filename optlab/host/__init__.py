"""The plugin host: find, import, isolate, register, report."""

from optlab.host.host import Host, PluginRecord, load_plugins

__all__ = ["Host", "PluginRecord", "load_plugins"]
