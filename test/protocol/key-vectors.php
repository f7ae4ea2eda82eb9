<?php
/**
 * Makes key-vectors.json: what a PHP backend computes for keys and server numbers, by the original's own rules.
 *
 *   getKey(key, userData) = key + ':' + (sourceid or '') + fromid
 *   getNo(key, num)       = the first two hex digits of md5(key), as a number, modulo num
 */
function getKey(string $key, array $userData): string
{
    return $key . ':' . ($userData['sourceid'] ?? '') . $userData['fromid'];
}

function getNo(string $key, int $num): int
{
    return hexdec(substr(md5($key), 0, 2)) % $num;
}

$users = [
    ['fromid' => '1'],
    ['fromid' => '10086'],
    ['sourceid' => '', 'fromid' => '10086'],
    ['sourceid' => 'wx', 'fromid' => '10086'],
    ['sourceid' => 'app-', 'fromid' => 'a_b.c'],
    ['sourceid' => '3', 'fromid' => '0'],
    ['sourceid' => 'm.', 'fromid' => '张三'],
    ['fromid' => 'Łódź-ñandú'],
    ['sourceid' => '店', 'fromid' => '👩‍💻'],
    ['fromid' => 'quote"back\\slash/'],
    ['fromid' => str_repeat('x', 64)],
];

$vectors = [];
foreach (['ImMsgPub', 'ImShopPub', 'userInfo'] as $name) {
    foreach ($users as $user) {
        $key = getKey($name, $user);
        $numbers = [];
        foreach ([1, 2, 3, 4, 7, 16, 100, 256] as $count) {
            $numbers[(string) $count] = getNo($key, $count);
        }
        $vectors[] = [
            'name' => $name, 'sourceid' => $user['sourceid'] ?? null, 'fromid' => $user['fromid'],
            'key' => $key, 'numbers' => (object) $numbers,
        ];
    }
}

echo json_encode($vectors, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
