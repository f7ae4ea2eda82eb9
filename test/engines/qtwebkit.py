#!/usr/bin/python3
"""QtWebKit 5.212 (WebKit 602.1, about Safari 10) behind a pipe: the stand-in for WebViews without custom elements.

One JSON object a line on stdin: {"id", "method", "params"}; one answer a line on stdout: {"id", "result" | "error"}.
"""
import base64
import json
import os
import sys

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
from PyQt5.QtCore import QBuffer, QPoint, QSocketNotifier, Qt, QUrl  # noqa: E402
from PyQt5.QtTest import QTest  # noqa: E402
from PyQt5.QtWebKit import QWebSettings, qWebKitVersion  # noqa: E402
from PyQt5.QtWebKitWidgets import QWebPage, QWebView  # noqa: E402
from PyQt5.QtWidgets import QApplication  # noqa: E402

KEYS = {'Enter': Qt.Key_Return, 'Backspace': Qt.Key_Backspace}


def answer(ident, **fields):
    sys.stdout.write(json.dumps({'id': ident, **fields}) + '\n')
    sys.stdout.flush()


class QuietPage(QWebPage):
    def javaScriptConsoleMessage(self, message, line, source):
        sys.stderr.write('console: %s %s %s\n' % (message, line, source))


class Driver:
    def __init__(self, app):
        self.app = app
        self.rest = b''
        self.page = QuietPage()
        self.page.settings().setAttribute(QWebSettings.LocalStorageEnabled, True)
        self.page.settings().setLocalStoragePath(os.environ['HOME'])
        self.view = QWebView()
        self.view.setPage(self.page)
        self.view.resize(390, 844)
        self.view.show()
        self.navigating = None
        self.view.loadFinished.connect(self.loaded)

    def loaded(self, _ok):
        if self.navigating is not None:
            answer(self.navigating, result=None)
            self.navigating = None

    def version(self, ident):
        answer(ident, result=qWebKitVersion())

    def goto(self, ident, url):
        # Qt 5 keeps six connections to a host and loses some of them for good with requests that end because their page is left:
        # after ten pages or so a single one is left, the long poll has it, and all else waits. Every page starts with all of them.
        self.page.networkAccessManager().clearConnectionCache()
        self.navigating = ident
        self.view.load(QUrl(url))

    def evaluate(self, ident, expression):
        script = ('(function(){try{return JSON.stringify({value:(' + expression + ')})}'
                  'catch(e){return JSON.stringify({error:String(e)})}})()')
        text = self.page.mainFrame().evaluateJavaScript(script)
        out = json.loads(text) if text else {'error': 'unreadable: ' + expression[:200]}
        if 'error' in out:
            answer(ident, error={'message': out['error']})
        else:
            answer(ident, result=out.get('value'))

    def type(self, ident, text):
        QTest.keyClicks(self.view, text)
        answer(ident, result=None)

    def press(self, ident, key, modifier=None):
        QTest.keyClick(self.view, KEYS[key], Qt.ShiftModifier if modifier == 'Shift' else Qt.NoModifier)
        answer(ident, result=None)

    def click(self, ident, x, y):
        QTest.mouseMove(self.view, QPoint(int(x), int(y)))
        QTest.mouseClick(self.view, Qt.LeftButton, Qt.NoModifier, QPoint(int(x), int(y)))
        answer(ident, result=None)

    def resize(self, ident, width, height):
        self.view.resize(width, height)
        answer(ident, result=None)

    def screenshot(self, ident):
        buffer = QBuffer()
        buffer.open(QBuffer.ReadWrite)
        self.view.grab().save(buffer, 'PNG')
        answer(ident, result=base64.b64encode(bytes(buffer.data())).decode())

    def read(self, _fd):
        got = os.read(0, 1 << 16)
        if not got:
            self.app.quit()
            return
        self.rest += got
        *lines, self.rest = self.rest.split(b'\n')
        for line in lines:
            self.run(json.loads(line))

    def run(self, call):
        try:
            getattr(self, call['method'])(call['id'], **call.get('params', {}))
        except Exception as error:  # the other end decides what a failure means
            answer(call['id'], error={'message': repr(error)})


app = QApplication(sys.argv)
driver = Driver(app)
notifier = QSocketNotifier(0, QSocketNotifier.Read)
notifier.activated.connect(driver.read)
app.exec_()
os._exit(0)
