import SwiftUI
import WebKit

/// The page with `<im-chat mode="inline" open>`. The app ignores messages from other hosts.
private let page = URL(string: "https://shop.example/chat.html")!

@main
struct ShopApp: App {
  var body: some Scene {
    WindowGroup {
      // The page fills the screen. It reads the safe areas itself, and moves for the keyboard itself.
      ChatView(page: page).ignoresSafeArea(.all)
    }
  }
}

struct ChatView: UIViewRepresentable {
  let page: URL

  func makeCoordinator() -> ChatHost {
    ChatHost(host: page.host ?? "")
  }

  func makeUIView(context: Context) -> WKWebView {
    let web = WKWebView(frame: .zero, configuration: WKWebViewConfiguration())
    // The page insets itself; insets of the scroll view would add to that.
    web.scrollView.contentInsetAdjustmentBehavior = .never
    web.uiDelegate = context.coordinator
    context.coordinator.onBadge = { count in print("Unread: \(count)") }
    context.coordinator.attach(web)
    web.load(URLRequest(url: page))
    return web
  }

  func updateUIView(_ web: WKWebView, context: Context) {}
}
