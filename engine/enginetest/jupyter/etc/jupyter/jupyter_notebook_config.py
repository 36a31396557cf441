# The port comes from JUPYTER_PORT, the token from JUPYTER_TOKEN.
c = get_config()  # noqa: F821
c.NotebookApp.ip = "0.0.0.0"
c.NotebookApp.open_browser = False
c.NotebookApp.nbserver_extensions = {"lab_alias": True}
