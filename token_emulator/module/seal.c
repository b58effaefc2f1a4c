/*
 * key = PBKDF2(PIN, salt); text = secret XOR HMAC(key, "stream" n who) for n = 0, 1; tag = HMAC(key, "tag" who text).
 * A salt is never used twice, so no stream is.
 */
#include "seal.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "sha256.h"

/* About a millisecond, so that a login stays at a few. More would not help: a PIN of six digits falls to whoever may
   try all of them at home, at any count that a user would wait for. What the seal is for is that nobody gets in past
   the counter with SoftHSM2 alone. */
#define ITERATIONS 2000

bool seal_random(void *octets, size_t length) {
    ssize_t got;
    do got = getrandom(octets, length, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)length;
}

static void derive(const struct seal *seal, const CK_UTF8CHAR *pin, CK_ULONG pin_length, struct hmac *mac) {
    uint8_t key[SHA256_LENGTH];
    pbkdf2(pin, pin_length, seal->salt, sizeof seal->salt, seal->iterations, key);
    hmac_key(mac, key, sizeof key);
    wipe(key, sizeof key);
}

static void apply_stream(const struct hmac *mac, enum who who, const uint8_t *from, uint8_t *to, size_t length) {
    uint8_t block[SHA256_LENGTH];
    struct sha256 message;
    for (size_t at = 0; at < length; at += sizeof block) {
        uint8_t head[8] = {'s', 't', 'r', 'e', 'a', 'm', (uint8_t)(at / sizeof block), (uint8_t)who};
        hmac_begin(mac, &message);
        sha256_add(&message, head, sizeof head);
        hmac_end(mac, &message, block);
        for (size_t i = 0; i < sizeof block && at + i < length; i++) to[at + i] = from[at + i] ^ block[i];
    }
    wipe(block, sizeof block);
    wipe(&message, sizeof message);
}

static void make_tag(const struct hmac *mac, enum who who, const struct seal *seal, uint8_t tag[SHA256_LENGTH]) {
    uint8_t head[4] = {'t', 'a', 'g', (uint8_t)who};
    struct sha256 message;
    hmac_begin(mac, &message);
    sha256_add(&message, head, sizeof head);
    sha256_add(&message, seal->text, seal->length);
    hmac_end(mac, &message, tag);
    wipe(&message, sizeof message);
}

bool seal_close(struct seal *seal, enum who who, const CK_UTF8CHAR *pin, CK_ULONG pin_length, const void *secret,
                size_t length) {
    struct hmac mac;
    memset(seal, 0, sizeof *seal);
    if (length > sizeof seal->text || !seal_random(seal->salt, sizeof seal->salt)) return false;
    seal->iterations = ITERATIONS;
    seal->length = (uint32_t)length;
    derive(seal, pin, pin_length, &mac);
    apply_stream(&mac, who, secret, seal->text, length);
    make_tag(&mac, who, seal, seal->tag);
    wipe(&mac, sizeof mac);
    return true;
}

bool seal_open(const struct seal *seal, enum who who, const CK_UTF8CHAR *pin, CK_ULONG pin_length, void *secret,
               size_t length) {
    struct hmac mac;
    uint8_t tag[SHA256_LENGTH];
    if (seal->length != length || length == 0) return false;
    derive(seal, pin, pin_length, &mac);
    make_tag(&mac, who, seal, tag);
    unsigned difference = 0;
    for (size_t i = 0; i < sizeof tag; i++) difference |= tag[i] ^ seal->tag[i];
    if (difference == 0) apply_stream(&mac, who, seal->text, secret, length);
    wipe(&mac, sizeof mac);
    wipe(tag, sizeof tag);
    return difference == 0;
}
