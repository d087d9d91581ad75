/* What the generated tests use of Unity, with its output format: a stand-in where PlatformIO's registry is out of reach. */
#ifndef EDGEKIT_UNITY_H
#define EDGEKIT_UNITY_H

#include <stdint.h>
#include <stdio.h>

static int unity_tests, unity_failures, unity_failed;

#define UNITY_BEGIN() (unity_tests = unity_failures = 0)

#define RUN_TEST(test)                                     \
  do {                                                     \
    unity_failed = 0;                                      \
    ++unity_tests;                                         \
    setUp();                                               \
    test();                                                \
    tearDown();                                            \
    if (!unity_failed) {                                   \
      printf("%s:%d:%s:PASS\n", __FILE__, __LINE__, #test); \
    }                                                      \
    unity_failures += unity_failed;                        \
  } while (0)

#define TEST_ASSERT_EQUAL_UINT32(expected, found)                                                     \
  do {                                                                                                \
    const unsigned long want_ = (expected), got_ = (found);                                           \
    if (want_ != got_) {                                                                              \
      printf("%s:%d:%s:FAIL: Expected %lu Was %lu\n", __FILE__, __LINE__, __func__, want_, got_);      \
      unity_failed = 1;                                                                               \
      return;                                                                                         \
    }                                                                                                 \
  } while (0)

static int unity_end(void) {
  printf("\n-----------------------\n%d Tests %d Failures 0 Ignored\n%s\n", unity_tests, unity_failures,
         unity_failures ? "FAIL" : "OK");
  return unity_failures;
}
#define UNITY_END() unity_end()
#endif
