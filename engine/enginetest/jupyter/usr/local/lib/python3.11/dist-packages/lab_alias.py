"""Lets notebook 6 answer at /lab, where docker-stacks has JupyterLab."""

from notebook.utils import url_path_join
from tornado.web import RequestHandler


class LabAlias(RequestHandler):
    """Sends the browser to the classic page, with the token if there is one."""

    def get(self, rest):
        target = url_path_join(self.settings["base_url"], rest or "/tree")
        if self.request.query:
            target += "?" + self.request.query
        self.redirect(target)


def load_jupyter_server_extension(app):
    pattern = url_path_join(app.base_url, r"/lab(/tree.*)?/?")
    app.web_app.add_handlers(".*$", [(pattern, LabAlias)])
