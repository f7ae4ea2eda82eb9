package com.example.shop

import android.annotation.SuppressLint
import android.net.Uri
import android.os.Bundle
import android.webkit.ValueCallback
import android.webkit.WebChromeClient
import android.webkit.WebView
import android.webkit.WebViewClient
import androidx.activity.ComponentActivity
import androidx.activity.enableEdgeToEdge
import androidx.activity.result.contract.ActivityResultContracts

/** The page with `<im-chat mode="inline" open>`, and its origin: the app ignores messages of frames from elsewhere. */
private const val PAGE = "https://shop.example/chat.html"
private const val ORIGIN = "https://shop.example"

class MainActivity : ComponentActivity() {
    private var picked: ValueCallback<Array<Uri>>? = null

    private val picker = registerForActivityResult(ActivityResultContracts.GetMultipleContents()) { uris ->
        picked?.onReceiveValue(uris.toTypedArray())
        picked = null
    }

    @SuppressLint("SetJavaScriptEnabled")
    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        val web = WebView(this)
        web.settings.javaScriptEnabled = true
        // Stores the outbox, drafts and the guest's pass. Without it the chat works, but forgets them.
        web.settings.domStorageEnabled = true
        web.webViewClient = WebViewClient()
        web.webChromeClient = object : WebChromeClient() {
            // The chat's picture button opens a file chooser.
            override fun onShowFileChooser(view: WebView, callback: ValueCallback<Array<Uri>>, params: FileChooserParams): Boolean {
                picked?.onReceiveValue(null)
                picked = callback
                picker.launch("image/*")
                return true
            }
        }
        setContentView(web)
        ChatHost(web, ORIGIN, onBadge = { count -> title = if (count > 0) "Shop ($count)" else "Shop" }, freshPass = ::freshPass).attach(this)
        web.loadUrl(PAGE)
    }

    /** Replace this by a request to your own backend, which signs passes (docs/gateway.md). An empty pass means a guest. */
    private fun freshPass(done: (String) -> Unit) = done("")
}
