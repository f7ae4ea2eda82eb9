package com.example.shop

import android.net.ConnectivityManager
import android.net.Network
import android.net.Uri
import android.webkit.WebView
import androidx.activity.ComponentActivity
import androidx.activity.addCallback
import androidx.browser.customtabs.CustomTabsIntent
import androidx.core.content.getSystemService
import androidx.core.view.ViewCompat
import androidx.core.view.WindowInsetsCompat
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleEventObserver
import androidx.webkit.WebViewCompat
import androidx.webkit.WebViewFeature
import org.json.JSONArray
import org.json.JSONObject

/**
 * The app's side of the bridge (docs/webview.md, version 1). Call `attach` before `loadUrl`: the page looks for `ImChatHost` as soon as
 * its script runs.
 */
class ChatHost(
    private val web: WebView,
    private val origin: String,
    private val onBadge: (Int) -> Unit,
    private val freshPass: ((String) -> Unit) -> Unit,
) {
    fun attach(owner: ComponentActivity) {
        // Every WebView since version 81 supports it. Older ones would need addJavascriptInterface, which every frame of every page can call.
        if (WebViewFeature.isFeatureSupported(WebViewFeature.WEB_MESSAGE_LISTENER)) {
            WebViewCompat.addWebMessageListener(web, "ImChatHost", setOf(origin)) { _, message, _, isMainFrame, _ ->
                val json = message.data
                if (isMainFrame && json != null) onMessage(JSONObject(json))
            }
        }
        passInsets()
        owner.onBackPressedDispatcher.addCallback(owner) {
            send("back") { answer ->
                if (!answer.optBoolean("consumed")) if (web.canGoBack()) web.goBack() else owner.finish()
            }
        }
        owner.lifecycle.addObserver(LifecycleEventObserver { _, event ->
            if (event == Lifecycle.Event.ON_RESUME) send("visible", "visible" to true)
            if (event == Lifecycle.Event.ON_PAUSE) send("visible", "visible" to false)
        })
        watchNetwork(owner)
    }

    /** Sends the page what the keyboard and the bars cover, in CSS pixels: edge to edge the window does not shrink. */
    private fun passInsets() {
        ViewCompat.setOnApplyWindowInsetsListener(web) { view, insets ->
            val density = view.resources.displayMetrics.density
            val ime = insets.getInsets(WindowInsetsCompat.Type.ime())
            val bars = insets.getInsets(WindowInsetsCompat.Type.systemBars() or WindowInsetsCompat.Type.displayCutout())
            send("inset", "bottom" to ime.bottom / density)
            send(
                "safeArea",
                "top" to bars.top / density, "right" to bars.right / density,
                "bottom" to bars.bottom / density, "left" to bars.left / density,
            )
            insets
        }
    }

    private fun watchNetwork(owner: ComponentActivity) {
        val manager = owner.getSystemService<ConnectivityManager>() ?: return
        val callback = object : ConnectivityManager.NetworkCallback() {
            override fun onAvailable(network: Network) = owner.runOnUiThread { send("network", "online" to true) }
            override fun onLost(network: Network) = owner.runOnUiThread { send("network", "online" to false) }
        }
        manager.registerDefaultNetworkCallback(callback)
        owner.lifecycle.addObserver(LifecycleEventObserver { _, event ->
            if (event == Lifecycle.Event.ON_DESTROY) manager.unregisterNetworkCallback(callback)
        })
    }

    private fun onMessage(message: JSONObject) {
        when (message.optString("type")) {
            "ready" -> {
                send("host", "opens" to JSONArray(listOf("link", "image")))
                ViewCompat.requestApplyInsets(web)
            }
            "unread" -> onBadge(message.optInt("count"))
            "link", "image" -> open(Uri.parse(message.optString("url")))
            "passNeeded" -> freshPass { token -> web.post { send("pass", "token" to token) } }
        }
    }

    /** Opens https addresses only, because the page chooses them. */
    private fun open(uri: Uri) {
        if (uri.scheme == "https") CustomTabsIntent.Builder().build().launchUrl(web.context, uri)
    }

    /** Sends a message to the page. JSON is JavaScript, so no text needs escaping. Call it on the UI thread, as everything that uses a WebView. */
    private fun send(type: String, vararg fields: Pair<String, Any>, then: (JSONObject) -> Unit = {}) {
        val json = JSONObject(mapOf("type" to type, *fields))
        web.evaluateJavascript("window.imChatBridge ? imChatBridge.receive($json) : {ok: false}") { result ->
            then(if (result == null || result == "null") JSONObject() else JSONObject(result))
        }
    }
}
