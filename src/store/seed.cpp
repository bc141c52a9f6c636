// SPDX-License-Identifier: MIT
#include "store/seed.hpp"

#include "store/insert.hpp"

namespace bbgrant::store {

AccountId Seeder::add(const NewAccount& account) { return insert(connection_, account); }
void Seeder::add(const Workspace& workspace) { insert(connection_, workspace); }
void Seeder::add(const Membership& membership) { insert(connection_, membership); }
void Seeder::add(const Project& project) { insert(connection_, project); }
void Seeder::add(const Repository& repository) { insert(connection_, repository); }
void Seeder::add(const RepositoryAccess& access) { insert(connection_, access); }
void Seeder::add(const Consumer& consumer) { insert(connection_, consumer); }

}  // namespace bbgrant::store
