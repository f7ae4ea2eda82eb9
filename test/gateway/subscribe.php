<?php
/**
 * What a PHP backend does that listens: picks the server of a channel by the original's rule, and prints
 * what comes of the wanted type. It never ends by itself.
 *
 *   php subscribe.php <port,port,…> <channel> <type>
 */
[, $ports, $channel, $type] = $argv;
$ports = explode(',', $ports);
$redis = new Redis();
$redis->connect('127.0.0.1', (int) $ports[hexdec(substr(md5($channel), 0, 2)) % count($ports)]);
$redis->setOption(Redis::OPT_READ_TIMEOUT, -1);
$redis->subscribe([$channel], function ($redis, $channel, $json) use ($type) {
    if ((json_decode($json, true)['type'] ?? null) === $type) {
        echo $json, "\n";
    }
});
