<?php
/**
 * A backend that speaks to windows through Redis. argv: the servers as host:port,…, or cluster:host:port,…; then users as JSON.
 * For each user it picks the server by the name of the user's channel, publishes there, and prints a line: channel, number, receivers.
 */
function getKey(string $key, array $userData): string
{
    return $key . ':' . ($userData['sourceid'] ?? '') . $userData['fromid'];
}

function getNo(string $key, int $num): int
{
    return hexdec(substr(md5($key), 0, 2)) % $num;
}

$isCluster = str_starts_with($argv[1], 'cluster:');
$servers = explode(',', $isCluster ? substr($argv[1], 8) : $argv[1]);
$cluster = $isCluster ? new RedisCluster(null, $servers) : null;

foreach (json_decode($argv[2], true) as $user) {
    $channel = getKey('ImMsgPub', $user);
    $no = getNo($channel, count($servers));
    $payloads = [
        ['type' => 'syncChangeUser', 'uid' => 'shop:42', 'socketid' => 'php-1', 'changeUserData' => ['fromid' => $user['fromid']]],
        ['type' => 'notice', 'text' => '您的订单已发货 / shipped'],
    ];
    foreach ($payloads as $payload) {
        $text = json_encode($payload, JSON_UNESCAPED_UNICODE);
        if ($cluster) {
            $receivers = $cluster->rawCommand($channel, 'SPUBLISH', $channel, $text);
        } else {
            [$host, $port] = explode(':', $servers[$no]);
            $redis = new Redis();
            $redis->connect($host, (int) $port);
            $receivers = $redis->publish($channel, $text);
        }
    }
    echo json_encode([$channel, $no, $receivers], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
}
