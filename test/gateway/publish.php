<?php
/**
 * What a PHP backend does: picks the server of a user's channel by the original's rule and publishes into it.
 *
 *   php publish.php <port,port,…> <sourceid> <fromid> <json>
 */
[, $ports, $sourceid, $fromid, $json] = $argv;
$ports = explode(',', $ports);
$channel = 'ImMsgPub:' . $sourceid . $fromid;
$redis = new Redis();
$redis->connect('127.0.0.1', (int) $ports[hexdec(substr(md5($channel), 0, 2)) % count($ports)]);
echo $redis->publish($channel, $json), "\n";
