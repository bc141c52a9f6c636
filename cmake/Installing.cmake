# What `make install` puts below the prefix beside the program: the client library with its headers,
# for find_package(bbgrant) and for pkg-config.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/bbgrant)

# In the build a room's library, outside it "bbgrant".
set_target_properties(bbgrant_client PROPERTIES EXPORT_NAME client OUTPUT_NAME bbgrant)
target_compile_features(bbgrant_client PUBLIC cxx_std_20)
install(TARGETS bbgrant_client EXPORT bbgrant ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/bbgrant DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT bbgrant NAMESPACE bbgrant:: FILE bbgrantTargets.cmake
        DESTINATION ${package_folder})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/bbgrantConfig.cmake.in bbgrantConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(bbgrantConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bbgrantConfig.cmake
              ${PROJECT_BINARY_DIR}/bbgrantConfigVersion.cmake
        DESTINATION ${package_folder})

file(RELATIVE_PATH up_to_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" up_to_prefix ${up_to_prefix})
configure_file(${CMAKE_CURRENT_LIST_DIR}/bbgrant.pc.in bbgrant.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/bbgrant.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
