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

/** The page with `<im-chat mode="inline" open>`, and the origin it comes from: nobody else on the page is heard. */
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
        // Outbox, drafts and the guest live here: without it the chat works, and forgets.
        web.settings.domStorageEnabled = true
        web.webViewClient = WebViewClient()
        web.webChromeClient = object : WebChromeClient() {
            // The picture button asks for files.
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

    /** Ask your own backend, which signs passes (docs/gateway.md). Empty: a guest. */
    private fun freshPass(done: (String) -> Unit) = done("")
}
