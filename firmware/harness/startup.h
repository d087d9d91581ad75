/* Reset of a bare core: vector table (Arm) or entry (RISC-V), memory set up as the linker script says, stack painted so
 * that its high-water mark can be read. Functions, included once by the board's file. */
#ifndef EDGEKIT_STARTUP_H
#define EDGEKIT_STARTUP_H

#include "board.h"

extern uint32_t __stack_top, __stack_limit, __data_start, __data_end, __data_load, __bss_start, __bss_end;

#define STACK_PATTERN 0xA5C3F00DU

int main(void);
void Reset_Handler(void);

static void halt(void) {
  for (;;) {
  }
}

static void start(void) {
  for (uint32_t *to = &__data_start, *from = &__data_load; to < &__data_end;) {
    *to++ = *from++;
  }
  for (uint32_t *to = &__bss_start; to < &__bss_end;) {
    *to++ = 0;
  }
  uint32_t *here;
#if defined(__arm__)
  __asm volatile("mov %0, sp" : "=r"(here));
#else
  __asm volatile("mv %0, sp" : "=r"(here));
#endif
  for (uint32_t *p = &__stack_limit; p < here - 16; ++p) {
    *p = STACK_PATTERN;
  }
  main();
  halt();
}

#if defined(__arm__)
#define CPACR (*(volatile uint32_t *)0xE000ED88)
#define CCR (*(volatile uint32_t *)0xE000ED14)

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &__stack_top, (void *)Reset_Handler, (void *)halt, (void *)halt, (void *)halt, (void *)halt, (void *)halt, 0, 0, 0, 0,
    (void *)halt, (void *)halt,          0,            (void *)halt, (void *)halt};

void Reset_Handler(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  CPACR |= 0xFU << 20; /* CP10 and CP11: floating point and Helium */
  __asm volatile("dsb\n isb" ::: "memory");
#endif
#if defined(__ARM_FEATURE_MVE)
  CCR |= 1U << 19; /* low-overhead branch extension */
#endif
  start();
}
#elif defined(__riscv)
__attribute__((naked, section(".vectors"), used)) void Reset_Handler(void) {
  __asm volatile(
      ".option push\n .option norelax\n la gp, __global_pointer$\n .option pop\n"
      "la sp, __stack_top\n tail %0" ::"i"(start));
}
#else
#error "no startup for this core"
#endif

uint32_t board_stack_used(void) {
  const uint32_t *p = &__stack_limit;
  while (p < &__stack_top && *p == STACK_PATTERN) {
    ++p;
  }
  return (uint32_t)((const uint8_t *)&__stack_top - (const uint8_t *)p);
}
#endif
