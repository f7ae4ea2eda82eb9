import SwiftUI
import WebKit

/// The page with `<im-chat mode="inline" open>`: nobody but its host is heard.
private let page = URL(string: "https://shop.example/chat.html")!

@main
struct ShopApp: App {
  var body: some Scene {
    WindowGroup {
      // The page has the whole screen: it knows the safe areas by itself, and moves for the keyboard by itself.
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
    // Insets of the scroll view would come on top of what the page does by itself.
    web.scrollView.contentInsetAdjustmentBehavior = .never
    web.uiDelegate = context.coordinator
    context.coordinator.onBadge = { count in print("Unread: \(count)") }
    context.coordinator.attach(web)
    web.load(URLRequest(url: page))
    return web
  }

  func updateUIView(_ web: WKWebView, context: Context) {}
}
