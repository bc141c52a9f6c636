// SPDX-License-Identifier: MIT
#include <array>
#include <cstdlib>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

#include <bbgrant/secret.hpp>
#include <gtest/gtest.h>

namespace {

/// What operator delete[] saw in the buffers of the test's size, at the moment they were freed.
/// A freed buffer cannot be looked at, so the look happens here; release builds are tested so too.
constexpr std::size_t kWatchedSize = 4099;
bool watching = false;
std::size_t seen_buffers = 0;
std::size_t seen_dirty_bytes = 0;

void watch(const void* memory, std::size_t size) {
  if (!watching || memory == nullptr || size != kWatchedSize) return;
  ++seen_buffers;
  const auto* bytes = static_cast<const volatile unsigned char*>(memory);
  for (std::size_t i = 0; i < size; ++i) seen_dirty_bytes += bytes[i] != 0 ? 1U : 0U;
}

/// The size stands in front of each block, because an unsized delete does not know it.
constexpr std::size_t kFront = alignof(std::max_align_t);

}  // namespace

// The array forms, which only Secret's buffer uses here.
void* operator new[](std::size_t size) {
  auto* block = static_cast<char*>(std::malloc(size + kFront));
  if (block == nullptr) throw std::bad_alloc{};
  std::memcpy(block, &size, sizeof size);
  return block + kFront;
}
void operator delete[](void* memory) noexcept {
  if (memory == nullptr) return;
  char* block = static_cast<char*>(memory) - kFront;
  std::size_t size = 0;
  std::memcpy(&size, block, sizeof size);
  watch(memory, size);
  std::free(block);
}
void operator delete[](void* memory, std::size_t /*size*/) noexcept { operator delete[](memory); }

namespace bbgrant {
namespace {

class S41_SecretIsWiped : public ::testing::Test {
 protected:
  void SetUp() override {
    watching = true;
    seen_buffers = 0;
    seen_dirty_bytes = 0;
  }
  void TearDown() override { watching = false; }
  const std::string text_ = std::string(kWatchedSize, 'x');
};

TEST_F(S41_SecretIsWiped, WhenDestroyed) {
  {
    const Secret secret{std::string_view{text_}};
  }
  EXPECT_EQ(seen_buffers, 1U);
  EXPECT_EQ(seen_dirty_bytes, 0U);
}

TEST_F(S41_SecretIsWiped, WhenAssignedOver) {
  Secret secret{std::string_view{text_}};
  secret = Secret{std::string_view{"other"}};
  EXPECT_EQ(seen_buffers, 1U);
  EXPECT_EQ(seen_dirty_bytes, 0U);
}

TEST_F(S41_SecretIsWiped, WhenItGrows) {
  Secret secret{std::string_view{text_}};
  secret.append("more");
  EXPECT_EQ(seen_buffers, 1U);
  EXPECT_EQ(seen_dirty_bytes, 0U);
  EXPECT_EQ(secret.reveal(), text_ + "more");
}

TEST_F(S41_SecretIsWiped, TogetherWithTheStringThatItCameIn) {
  std::string text(64, 'x');
  const char* bytes = text.data();
  const Secret secret{std::move(text)};
  EXPECT_EQ(std::string_view(bytes, 64), std::string(64, '\0'));  // its buffer is still its own
  EXPECT_EQ(secret.size(), 64U);
}

TEST(S41_Secret, MovedFromIsEmpty) {
  Secret first{std::string_view{"abc"}};
  const Secret second{std::move(first)};
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(second.reveal(), "abc");
}

TEST(S41_Secret, KeepsZeroBytes) {
  const Secret secret{std::string_view{"a\0b", 3}};
  EXPECT_EQ(secret.size(), 3U);
  EXPECT_EQ(secret.copy().reveal(), std::string_view("a\0b", 3));
}

TEST(S41_Secret, IsMadeFromALiteralOrAnEnvironmentVariable) {
  EXPECT_EQ(Secret{"abc"}.reveal(), "abc");
  EXPECT_TRUE(Secret{::getenv("BBGRANT_NO_SUCH_VARIABLE")}.empty());
}

static_assert(!std::is_convertible_v<const char*, Secret>);
static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string_view, Secret>);
static_assert(!std::equality_comparable<Secret>);

}  // namespace
}  // namespace bbgrant
