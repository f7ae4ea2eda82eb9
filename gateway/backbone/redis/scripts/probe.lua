-- Does what an append does, on a key of its own: writes, and publishes.
--
-- KEYS  a hash, the server's format (string, see format.ts), which is written again where the server has lost it
-- ARGV  1 PUBLISH | SPUBLISH   2 payload   3 format   then the channels
-- returns nothing
redis.call('HSET', KEYS[1], 'at', ARGV[2])
redis.call('PEXPIRE', KEYS[1], 60000)
redis.call('SET', KEYS[2], ARGV[3], 'NX')
for i = 4, #ARGV do redis.call(ARGV[1], ARGV[i], ARGV[2]) end
