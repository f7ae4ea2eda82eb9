import UIKit
import WebKit

/// The app's side of the bridge (docs/webview.md, version 1). Call `attach` before the page is loaded.
final class ChatHost: NSObject, WKScriptMessageHandler, WKUIDelegate {
  private weak var web: WKWebView?
  private let host: String
  var onBadge: (Int) -> Void = { _ in }
  /// Replace this by a request to your own backend, which signs passes (docs/gateway.md). An empty pass means a guest.
  var freshPass: () async -> String = { "" }

  init(host: String) {
    self.host = host
  }

  func attach(_ web: WKWebView) {
    self.web = web
    // The web view retains the controller, and the controller its handler: a handler that retained the view would leak all three.
    web.configuration.userContentController.add(self, name: "imChat")
    let center = NotificationCenter.default
    center.addObserver(self, selector: #selector(appeared), name: UIApplication.didBecomeActiveNotification, object: nil)
    center.addObserver(self, selector: #selector(disappeared), name: UIApplication.willResignActiveNotification, object: nil)
  }

  @objc private func appeared() {
    send(["type": "visible", "visible": true])
  }

  @objc private func disappeared() {
    send(["type": "visible", "visible": false])
  }

  func userContentController(_: WKUserContentController, didReceive message: WKScriptMessage) {
    guard message.frameInfo.isMainFrame, message.frameInfo.securityOrigin.host == host,
      let text = message.body as? String,
      let said = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else { return }
    switch said["type"] as? String {
    case "ready": send(["type": "host", "opens": ["link", "image"]])
    case "unread": onBadge(said["count"] as? Int ?? 0)
    case "link", "image": open(said["url"] as? String ?? "")
    case "passNeeded": Task { @MainActor in send(["type": "pass", "token": await freshPass()]) }
    default: break
    }
  }

  /// Call this for your own back button or swipe. `done` gets true where the chat has closed its panel.
  func back(_ done: @escaping (Bool) -> Void) {
    send(["type": "back"]) { done($0["consumed"] as? Bool ?? false) }
  }

  /// Opens https addresses only, because the page chooses them.
  private func open(_ address: String) {
    guard let url = URL(string: address), url.scheme == "https" else { return }
    UIApplication.shared.open(url)
  }

  /// Sends a message to the page. JSON is JavaScript, so no text needs escaping.
  private func send(_ message: [String: Any], then: @escaping ([String: Any]) -> Void = { _ in }) {
    guard let json = try? JSONSerialization.data(withJSONObject: message), let text = String(data: json, encoding: .utf8) else { return }
    web?.evaluateJavaScript("window.imChatBridge ? imChatBridge.receive(\(text)) : {ok: false}") { answer, _ in
      then(answer as? [String: Any] ?? [:])
    }
  }

  /// Opens in Safari what the page would open in a new window.
  func webView(_: WKWebView, createWebViewWith _: WKWebViewConfiguration, for action: WKNavigationAction, windowFeatures _: WKWindowFeatures)
    -> WKWebView?
  {
    if let url = action.request.url { UIApplication.shared.open(url) }
    return nil
  }
}
