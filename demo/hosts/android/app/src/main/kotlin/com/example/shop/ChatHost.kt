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
        // Every WebView since version 81 has it. Older ones would need addJavascriptInterface, which every frame of every page can call.
        if (WebViewFeature.isFeatureSupported(WebViewFeature.WEB_MESSAGE_LISTENER)) {
            WebViewCompat.addWebMessageListener(web, "ImChatHost", setOf(origin)) { _, message, _, isMainFrame, _ ->
                val json = message.data
                if (isMainFrame && json != null) hear(JSONObject(json))
            }
        }
        passInsets()
        owner.onBackPressedDispatcher.addCallback(owner) {
            tell("back") { answer ->
                if (!answer.optBoolean("consumed")) if (web.canGoBack()) web.goBack() else owner.finish()
            }
        }
        owner.lifecycle.addObserver(LifecycleEventObserver { _, event ->
            if (event == Lifecycle.Event.ON_RESUME) tell("visible", "visible" to true)
            if (event == Lifecycle.Event.ON_PAUSE) tell("visible", "visible" to false)
        })
        watchNetwork(owner)
    }

    /** Edge to edge the window does not shrink: the page is told what the keyboard and the bars cover, in CSS pixels. */
    private fun passInsets() {
        ViewCompat.setOnApplyWindowInsetsListener(web) { view, insets ->
            val density = view.resources.displayMetrics.density
            val ime = insets.getInsets(WindowInsetsCompat.Type.ime())
            val bars = insets.getInsets(WindowInsetsCompat.Type.systemBars() or WindowInsetsCompat.Type.displayCutout())
            tell("inset", "bottom" to ime.bottom / density)
            tell(
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
            override fun onAvailable(network: Network) = owner.runOnUiThread { tell("network", "online" to true) }
            override fun onLost(network: Network) = owner.runOnUiThread { tell("network", "online" to false) }
        }
        manager.registerDefaultNetworkCallback(callback)
        owner.lifecycle.addObserver(LifecycleEventObserver { _, event ->
            if (event == Lifecycle.Event.ON_DESTROY) manager.unregisterNetworkCallback(callback)
        })
    }

    private fun hear(message: JSONObject) {
        when (message.optString("type")) {
            "ready" -> {
                tell("host", "opens" to JSONArray(listOf("link", "image")))
                ViewCompat.requestApplyInsets(web)
            }
            "unread" -> onBadge(message.optInt("count"))
            "link", "image" -> open(Uri.parse(message.optString("url")))
            "passNeeded" -> freshPass { token -> web.post { tell("pass", "token" to token) } }
        }
    }

    /** What the page says is a page's word: nothing but https leaves the app. */
    private fun open(uri: Uri) {
        if (uri.scheme == "https") CustomTabsIntent.Builder().build().launchUrl(web.context, uri)
    }

    /** JSON is JavaScript: nothing of a person's needs quoting here. Only on the UI thread, as everything that touches a WebView. */
    private fun tell(type: String, vararg fields: Pair<String, Any>, then: (JSONObject) -> Unit = {}) {
        val json = JSONObject(mapOf("type" to type, *fields))
        web.evaluateJavascript("window.imChatBridge ? imChatBridge.receive($json) : {ok: false}") { result ->
            then(if (result == null || result == "null") JSONObject() else JSONObject(result))
        }
    }
}
