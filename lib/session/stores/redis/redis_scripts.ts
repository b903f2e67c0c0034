/**
 * What Redis does in one step: scripts, each about one key.
 *
 * @module
 */

/** A script of Redis, in Lua. */
export interface RedisScript {
  /** Its text. */
  readonly lua: string;
  /** The SHA-1 of its text in hexadecimal digits, by which Redis remembers it. */
  readonly sha1: string;
}

/*
 * The hash of a session has the fields h (head), r (renewed), e (expires), a (account, if any),
 * o (operations, if any), and one for each key, behind a colon. No field is empty, so that HDEL of ""
 * changes nothing. A replica refuses it all the same: otherwise it would answer from what it has, and
 * call a session gone that is there. The first write of a change is HSET, since memory that is full
 * refuses that only where it comes first.
 */

/** Arguments: the time, the head, the lifetime of the key, fields and texts. */
export const CREATE: RedisScript = {
  lua: `local was = redis.call('HMGET', KEYS[1], 'h', 'e', 'a')
local expires = tonumber(was[2])
if not expires then
  local all = redis.call('HGETALL', KEYS[1])
  if #all > 0 then
    redis.call('HDEL', KEYS[1], '')
    return {0, all}
  end
elseif tonumber(ARGV[1]) <= expires then
  redis.call('HDEL', KEYS[1], '')
  return {was[1] == ARGV[2] and 1 or 2}
else
  redis.call('DEL', KEYS[1])
end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {1, was[3]}`,
  sha1: "c361b3fa57e2aa2e19d1894cb2edb7e97ff0962c",
};

/**
 * Arguments: the head, the time, the operation or `""`, and how many operations are remembered.
 * Then what is expected, which is `""` for nothing, `"none"` or `"text"`, with its field and its
 * text. Then the new lifetime of the key or `""`. Then what becomes of the account: `""` if it stays,
 * `"1"` if it goes away, `"2"` if it is among the fields. Then `"1"` or `""`, for whether all other
 * keys go away. Then how many of the next arguments are fields and texts, and these. All further
 * arguments are fields to remove.
 */
export const UPDATE: RedisScript = {
  lua: `local was = redis.call('HMGET', KEYS[1], 'h', 'e', 'o', 'a', ARGV[6])
local function unchanged(answer)
  redis.call('HDEL', KEYS[1], '')
  return answer
end
local expires = tonumber(was[2])
if not expires then
  local all = redis.call('HGETALL', KEYS[1])
  return unchanged(#all > 0 and {0, all})
end
if tonumber(ARGV[2]) > expires then return unchanged(false) end
local operation, operations = ARGV[3], was[3] or ''
if operation ~= '' and (' ' .. operations .. ' '):find(' ' .. operation .. ' ', 1, true) then
  return unchanged({1, was[4], was[2]})
end
local held = was[5]
if was[1] ~= ARGV[1] or ARGV[5] == 'none' and held or ARGV[5] == 'text' and held ~= ARGV[7] then
  return unchanged({0, redis.call('HGETALL', KEYS[1])})
end
local last = 11 + tonumber(ARGV[11])
local set = {unpack(ARGV, 12, last)}
if operation ~= '' then
  local _, count = operations:gsub('%S+', '')
  if count >= tonumber(ARGV[4]) then operations = operations:match(' (.*)') or '' end
  set[#set + 1] = 'o'
  set[#set + 1] = operations == '' and operation or operations .. ' ' .. operation
end
if #set > 0 then redis.call('HSET', KEYS[1], unpack(set)) end
local gone = {unpack(ARGV, last + 1)}
if ARGV[9] == '1' then gone[#gone + 1] = 'a' end
if ARGV[10] == '1' then
  local stays = {}
  for at = 1, #set, 2 do stays[set[at]] = true end
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if field:sub(1, 1) == ':' and not stays[field] then gone[#gone + 1] = field end
  end
end
if #gone > 0 or #set == 0 then redis.call('HDEL', KEYS[1], '', unpack(gone)) end
if ARGV[8] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[8]) end
if ARGV[8] == '' and ARGV[9] == '' then return {1} end
local is = redis.call('HMGET', KEYS[1], 'a', 'e')
return {1, is[1], is[2], was[4]}`,
  sha1: "5c639ec357d2377d9784b9cd6c502dbc5fab5700",
};

/** Ends a session, even if the key holds something else. Answers its account. */
export const DELETE: RedisScript = {
  lua: `local account = redis.pcall('HGET', KEYS[1], 'a')
redis.call('DEL', KEYS[1])
return type(account) == 'string' and account`,
  sha1: "9aebdc81ae3afb2a893c5d9f43934b3bbd2bbbe5",
};

/**
 * Ends a session if it is of an account. Answers when it would have expired. A value that is not a
 * hash has no account, and is ended.
 */
export const DELETE_OF: RedisScript = {
  lua: `local is = redis.pcall('HMGET', KEYS[1], 'a', 'e')
if is.err then is = {ARGV[1], ''} end
if is[1] ~= ARGV[1] then
  redis.call('HDEL', KEYS[1], '')
  return false
end
redis.call('DEL', KEYS[1])
return is[2] or ''`,
  sha1: "a7722362a21c760b473dfd73b7de92c364d81ca4",
};

/**
 * Enters a session into the list of an account. Arguments: its id, the score, and how long the list
 * has to stay, or 0. It never makes the life of the list shorter.
 */
export const ENTER: RedisScript = {
  lua: `redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
local life = tonumber(ARGV[3])
if life > 0 and redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end`,
  sha1: "12db3e98d72e4089d9f2b2952e4f257147068968",
};

/** Writes a time unless a later one is there. Arguments: the time, the lifetime of the key. */
export const REVOKE: RedisScript = {
  lua: `local before = tonumber(redis.call('GET', KEYS[1]) or '')
if before and before >= tonumber(ARGV[1]) then
  local life = redis.call('PTTL', KEYS[1])
  if life > 0 then redis.call('PEXPIRE', KEYS[1], life) end
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end`,
  sha1: "d0044ccf10f77f29154c5689cbd41faaa8445330",
};

/** Begins an epoch: by the time in the argument, and above the one before. */
export const BUMP: RedisScript = {
  lua: `local before = tonumber(redis.call('GET', KEYS[1]) or '') or 0
redis.call('SET', KEYS[1], string.format('%.0f', math.max(before, tonumber(ARGV[1])) + 1))`,
  sha1: "ed287163b3035bc7aa305771af8472c964db5fb7",
};

/** Answers the server's state of memory, and its time. A replica refuses. */
export const LOOK: RedisScript = {
  lua: `redis.call('HDEL', KEYS[1], '')
return {redis.call('INFO', 'memory'), redis.call('TIME')}`,
  sha1: "7a8cfb5611814f95066085e725045cd65afc3658",
};
