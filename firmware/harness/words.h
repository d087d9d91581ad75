/* Words on the serial line: what is put there, with its CRC, and what is read. Part of protocol.c. */
#ifndef EDGEKIT_WORDS_H
#define EDGEKIT_WORDS_H

#include <stdint.h>

#include "board.h"

static uint32_t crc;

static uint32_t crc32_step(uint32_t sum, uint8_t byte) {
  sum ^= byte;
  for (int bit = 0; bit < 8; ++bit) {
    sum = (sum >> 1) ^ (0xEDB88320U & (0U - (sum & 1U)));
  }
  return sum;
}

static uint32_t crc32_more(uint32_t sum, const uint8_t *data, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    sum = crc32_step(sum, data[i]);
  }
  return sum;
}

static uint32_t crc32_of(const uint8_t *data, uint32_t count) { return ~crc32_more(0xFFFFFFFFU, data, count); }

static void put(char c) {
  crc = crc32_step(crc, (uint8_t)c);
  board_put((uint8_t)c);
}

static void text(const char *s) {
  while (*s != '\0') {
    put(*s++);
  }
}

static void hex(uint32_t value, int digits) {
  while (digits-- > 0) {
    put("0123456789abcdef"[(value >> (4 * digits)) & 15U]);
  }
}

static void decimal(uint64_t value) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + (char)(value % 10U));
    value /= 10U;
  } while (value != 0U);
  while (count > 0) {
    put(digits[--count]);
  }
}

static void number(const char *label, uint64_t value) {
  text(label);
  decimal(value);
}

static void answer_begin(void) {
  text("ek-");
  crc = 0xFFFFFFFFU;
}

static void answer_end(void) {
  const uint32_t sum = ~crc;
  put('*');
  hex(sum, 8);
  text("\r\n");
}

static int nibble(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The next word of the line, or NULL; cuts the line as strtok does. */
static char *word(char **rest) {
  char *start = *rest;
  while (*start == ' ') {
    ++start;
  }
  char *end = start;
  while (*end != '\0' && *end != ' ') {
    ++end;
  }
  *rest = *end == '\0' ? end : end + 1;
  *end = '\0';
  return end == start ? (char *)0 : start;
}

/* A decimal number; 0 on success. */
static int to_number(const char *s, uint32_t *value) {
  uint32_t sum = 0;
  if (s == (char *)0 || *s == '\0') {
    return -1;
  }
  for (; *s != '\0'; ++s) {
    if (*s < '0' || *s > '9' || sum > 400000000U) {
      return -1;
    }
    sum = sum * 10U + (uint32_t)(*s - '0');
  }
  *value = sum;
  return 0;
}

/* Hex digits into at most `limit` bytes; the count, or -1. */
static int32_t to_bytes(const char *s, uint8_t *out, uint32_t limit) {
  uint32_t count = 0;
  for (; s[0] != '\0'; s += 2) {
    const int high = nibble(s[0]);
    const int low = high < 0 ? -1 : nibble(s[1]);
    if (low < 0 || count == limit) {
      return -1;
    }
    out[count++] = (uint8_t)(high * 16 + low);
  }
  return (int32_t)count;
}

#endif
