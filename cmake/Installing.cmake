# What `make install` puts below the prefix beside the program: the client library, shared and
# static, with its headers, for find_package(bbgrant) and for pkg-config. What names no component
# belongs to the program.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/bbgrant)
set(library COMPONENT development)

# The program links the archive; others get the same objects as a shared library. Before 1.0.0 each
# minor version may break its users, so it is part of the SONAME.
add_library(bbgrant_shared SHARED $<TARGET_OBJECTS:bbgrant_client>)
target_link_libraries(bbgrant_shared PUBLIC
  CURL::libcurl OpenSSL::Crypto nlohmann_json::nlohmann_json Threads::Threads)
target_include_directories(bbgrant_shared INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(bbgrant_shared PROPERTIES
  LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  EXPORT_NAME client OUTPUT_NAME bbgrant)
set_target_properties(bbgrant_client PROPERTIES EXPORT_NAME client_static OUTPUT_NAME bbgrant)
foreach(target IN ITEMS bbgrant_client bbgrant_shared)
  target_compile_features(${target} PUBLIC cxx_std_20)
endforeach()

install(TARGETS bbgrant_client bbgrant_shared EXPORT bbgrant
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} ${library}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ${library})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/bbgrant DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        ${library})
install(EXPORT bbgrant NAMESPACE bbgrant:: FILE bbgrantTargets.cmake
        DESTINATION ${package_folder} ${library})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/bbgrantConfig.cmake.in bbgrantConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(bbgrantConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bbgrantConfig.cmake
              ${PROJECT_BINARY_DIR}/bbgrantConfigVersion.cmake
        DESTINATION ${package_folder} ${library})

file(RELATIVE_PATH up_to_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" up_to_prefix ${up_to_prefix})
configure_file(${CMAKE_CURRENT_LIST_DIR}/bbgrant.pc.in bbgrant.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/bbgrant.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        ${library})

set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${documents}/bbgrant RENAME copyright)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${documents}/libbbgrant-dev
        RENAME copyright ${library})

# `make package`: two .deb, the program and what developers need. dpkg-shlibdeps finds what the
# program depends on.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The bbgrant authors <bbgrant@localhost>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "OAuth 2.0 password grant: sandbox, sample app, command line
 An authorization server and REST API that answer as Bitbucket Cloud did, an app that
 shows each message of the grant, and a command line for tokens and API calls.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME bbgrant)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "ca-certificates, git")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "C++20 client library for OAuth 2.0
 Grants, a session that refreshes its token once for all threads, token stores and a
 REST client. The shared library, the archive and the headers.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libbbgrant-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libcurl4-openssl-dev, libssl-dev, nlohmann-json3-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS libsodium-dev)
include(CPack)
