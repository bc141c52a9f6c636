// SPDX-License-Identifier: MIT
#include "authorization/password_hasher.hpp"

#include <string>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace bbgrant::authorization {
namespace {

using std::string_view_literals::operator""sv;

class S69_PasswordHasher : public testing::Test {
 protected:
  bool opens(const std::string& stored, std::string_view password) {
    return check(stored, password).right;
  }

  PasswordHasher::Checked check(std::optional<std::string> stored, std::string_view password,
                                PasswordHasher* with = nullptr) {
    auto future = boost::asio::co_spawn(
        loop, (with == nullptr ? hasher : *with).check(std::move(stored), Secret{password}, "a"),
        boost::asio::use_future);
    loop.restart();
    loop.run();
    return std::get<PasswordHasher::Checked>(future.get());
  }

  /// Outlives the hasher's threads, which wake it.
  boost::asio::io_context loop;
  base::SystemClock clock;
  PasswordHasher hasher{PasswordCost::minimal(), clock};
};

TEST_F(S69_PasswordHasher, TakesEveryPasswordByteForByte) {
  for (const std::string& password :
       {std::string{"+ & = % :"}, std::string{"  blanks at the ends  "},
        std::string{"\xF0\x9F\x94\x91\xF0\x9F\x94\x92"}, std::string(72, 'x'), std::string(73, 'x'),
        std::string(1024, 'x')}) {
    SCOPED_TRACE(password);
    const auto stored = hasher.hash(Secret{password});
    EXPECT_TRUE(opens(stored, password));
    std::string other = password;
    other.back() = static_cast<char>(other.back() ^ 1);
    EXPECT_FALSE(opens(stored, other)) << "one wrong last byte";
    EXPECT_FALSE(opens(stored, password + "x"));
    EXPECT_FALSE(opens(stored, password.substr(0, password.size() - 1)));
  }
}

TEST_F(S69_PasswordHasher, S9_AnUnknownUserCostsOneHashAndIsNeverRight) {
  const auto before = hasher.computed();
  EXPECT_FALSE(check(std::nullopt, "anything").right);
  EXPECT_EQ(hasher.computed(), before + 1);
}

TEST_F(S69_PasswordHasher, S70_StoresArgon2idWithOwaspsCost) {
  const PasswordHasher standard{PasswordCost::standard(), clock};
  const auto stored = standard.hash(Secret{"long enough"sv});
  EXPECT_EQ(stored.find("$argon2id$v=19$m=19456,t=2,p=1$"), 0U) << stored;
  EXPECT_NE(stored, standard.hash(Secret{"long enough"sv})) << "the salt is its own";
}

TEST_F(S69_PasswordHasher, S70_RenewsAWeakerStringAtAGoodSignInOnce) {
  const auto weak = hasher.hash(Secret{"long enough"sv});
  PasswordHasher standard{PasswordCost::standard(), clock};
  EXPECT_FALSE(check(weak, "wrong", &standard).stronger);
  const auto renewed = check(weak, "long enough", &standard);
  ASSERT_TRUE(renewed.stronger);
  EXPECT_FALSE(check(*renewed.stronger, "long enough", &standard).stronger);
  EXPECT_FALSE(check(*renewed.stronger, "long enough").stronger) << "minimal never weakens";
}

}  // namespace
}  // namespace bbgrant::authorization
