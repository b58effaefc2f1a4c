/* SHA-256 (FIPS 180-4), HMAC (RFC 2104) and PBKDF2 (RFC 8018 §5.2) with it. */
#ifndef MOCKTOKEN_SHA256_H
#define MOCKTOKEN_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LENGTH 32
#define SHA256_BLOCK 64

struct sha256 {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[SHA256_BLOCK];
};

void sha256_begin(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *octets, size_t length);
void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_LENGTH]);

/* A key made ready once, for many messages. */
struct hmac {
    struct sha256 inner, outer;
};

void hmac_key(struct hmac *key, const void *octets, size_t length);
void hmac_begin(const struct hmac *key, struct sha256 *message);
void hmac_end(const struct hmac *key, struct sha256 *message, uint8_t tag[SHA256_LENGTH]);

/* The first block of PBKDF2's output: 32 octets. */
void pbkdf2(const void *password, size_t password_length, const void *salt, size_t salt_length, uint32_t iterations,
            uint8_t key[SHA256_LENGTH]);

#endif
