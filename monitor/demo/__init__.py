"""The whole job on a local vendor site that changes while you watch (``policy-monitor demo``).

``site`` serves five invented vendors on loopback, ``sinks`` receive what is sent, ``play`` drives the real
program against them, ``report`` shows what a user would see, ``command`` is the command.
"""
