/* Arm MPS2/MPS3 boards as QEMU emulates them: vector table, reset, CMSDK UART, a timer that counts emulated time.
 *
 * The board is given by -D: BOARD_UART (base of UART0), BOARD_TIMER (base), BOARD_TIMER_SSE (1: the 64-bit SSE counter of
 * mps3, 0: the CMSDK down counter), BOARD_HZ. QEMU with -icount advances time by a fixed amount per instruction, so the
 * timer counts instructions exactly. */
#include "board.h"

#include "protocol.h"

extern uint32_t __stack_top, __stack_limit, __data_start, __data_end, __data_load, __bss_start, __bss_end;

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define UART_DATA REGISTER(BOARD_UART + 0x00)
#define UART_STATE REGISTER(BOARD_UART + 0x04)
#define UART_CONTROL REGISTER(BOARD_UART + 0x08)
#define UART_DIVIDER REGISTER(BOARD_UART + 0x10)
#define CPACR REGISTER(0xE000ED88)
#define CCR REGISTER(0xE000ED14)
#define STACK_PATTERN 0xA5C3F00DU

int main(void);
void Reset_Handler(void);

static void halt(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &__stack_top, (void *)Reset_Handler, (void *)halt, (void *)halt, (void *)halt, (void *)halt, (void *)halt, 0, 0, 0, 0,
    (void *)halt, (void *)halt,          0,            (void *)halt, (void *)halt};

void Reset_Handler(void) {
  CPACR |= 0xFU << 20; /* CP10 and CP11: floating point and Helium */
  __asm volatile("dsb\n isb" ::: "memory");
#if defined(__ARM_FEATURE_MVE)
  CCR |= 1U << 19; /* low-overhead branch extension */
#endif
  for (uint32_t *to = &__data_start, *from = &__data_load; to < &__data_end;) {
    *to++ = *from++;
  }
  for (uint32_t *to = &__bss_start; to < &__bss_end;) {
    *to++ = 0;
  }
  uint32_t *here;
  __asm volatile("mov %0, sp" : "=r"(here));
  for (uint32_t *p = &__stack_limit; p < here - 16; ++p) {
    *p = STACK_PATTERN;
  }
  main();
  halt();
}

void board_init(void) {
  UART_DIVIDER = 16;
  UART_CONTROL = 3; /* transmit and receive */
#if BOARD_TIMER_SSE
  REGISTER(0x58100000) = 1; /* counter control: enable */
#else
  REGISTER(BOARD_TIMER + 0x8) = 0xFFFFFFFFU; /* reload */
  REGISTER(BOARD_TIMER + 0x4) = 0xFFFFFFFFU; /* value */
  REGISTER(BOARD_TIMER + 0x0) = 1;           /* enable */
#endif
}

void board_put(uint8_t byte) {
  while ((UART_STATE & 1U) != 0U) {
  }
  UART_DATA = byte;
}

int board_get(void) { return (UART_STATE & 2U) != 0U ? (int)(UART_DATA & 0xFFU) : -1; }

uint64_t board_ticks(void) {
#if BOARD_TIMER_SSE
  uint32_t high, low;
  do {
    high = REGISTER(BOARD_TIMER + 0x4);
    low = REGISTER(BOARD_TIMER + 0x0);
  } while (high != REGISTER(BOARD_TIMER + 0x4));
  return ((uint64_t)high << 32) | low;
#else
  static uint32_t last = 0xFFFFFFFFU;
  static uint64_t total;
  const uint32_t now = REGISTER(BOARD_TIMER + 0x4);
  total += last - now; /* a down counter; wraps are seen because the harness asks often enough */
  last = now;
  return total;
#endif
}

uint32_t board_ticks_hz(void) { return BOARD_HZ; }

const char *board_ticks_unit(void) { return "instructions"; }

uint32_t board_stack_used(void) {
  const uint32_t *p = &__stack_limit;
  while (p < &__stack_top && *p == STACK_PATTERN) {
    ++p;
  }
  return (uint32_t)((const uint8_t *)&__stack_top - (const uint8_t *)p);
}

int main(void) {
  board_init();
  ek_protocol_start();
  for (;;) {
    ek_protocol_poll();
  }
}
