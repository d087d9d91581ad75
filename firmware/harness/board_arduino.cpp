/* Any board with an Arduino core: bytes over Serial; cycles by the DWT where the core has one, else microseconds. */
#include <Arduino.h>

#include "board.h"
#include "protocol.h"

#define BAUD 115200

#if defined(__ARM_ARCH) && __ARM_ARCH >= 7 && !defined(__ARM_ARCH_8M_BASE__) /* Cortex-M3 and larger, not M23 */
#define HAVE_DWT 1
#define REGISTER(address) (*(volatile uint32_t *)(address))
#define DEMCR REGISTER(0xE000EDFC)
#define DWT_CTRL REGISTER(0xE0001000)
#define DWT_CYCCNT REGISTER(0xE0001004)
#define DWT_LAR REGISTER(0xE0001FB0)
extern "C" uint32_t SystemCoreClock;
#else
#define HAVE_DWT 0
#endif

extern "C" {

void board_init(void) {
  Serial.begin(BAUD);
#if HAVE_DWT
  DEMCR |= 1UL << 24;   /* trace on */
  DWT_LAR = 0xC5ACCE55; /* the M7 locks its registers; other cores ignore this */
  DWT_CYCCNT = 0;
  DWT_CTRL |= 1;
#endif
}

void board_put(uint8_t byte) { Serial.write(byte); }

int board_get(void) { return Serial.available() > 0 ? Serial.read() : -1; }

#if HAVE_DWT
/* 32 bits wide in hardware; right when asked at least once per wrap, 67 s at 64 MHz. */
uint64_t board_ticks(void) {
  static uint32_t last;
  static uint64_t total;
  const uint32_t now = DWT_CYCCNT;
  total += (uint32_t)(now - last);
  last = now;
  return total;
}

uint32_t board_ticks_hz(void) { return SystemCoreClock; }

const char *board_ticks_unit(void) { return "cycles"; }
#else
uint64_t board_ticks(void) {
  static uint32_t last;
  static uint64_t total;
  const uint32_t now = (uint32_t)micros();
  total += (uint32_t)(now - last);
  last = now;
  return total;
}

uint32_t board_ticks_hz(void) { return 1000000; }

const char *board_ticks_unit(void) { return "us"; }
#endif

/* The core's framework owns the stack. */
uint32_t board_stack_used(void) { return 0; }
}

#ifndef PIO_UNIT_TESTING
void setup() {
  board_init();
  ek_protocol_start();
}

/* Never waits: the core's own work (USB, radio) goes on between calls. */
void loop() { ek_protocol_poll(); }
#endif
