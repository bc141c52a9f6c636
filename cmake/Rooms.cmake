# bbgrant_room(<name> SOURCES ... LINKS ...): one static library for one folder of src/, linked with
# nothing but what the table of rooms allows (CONTRIBUTING.md). Inside src/ a header is included by
# its path below src/: "http/server.hpp".
function(bbgrant_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;LINKS;PRIVATE_LINKS")
  add_library(bbgrant_${name} STATIC ${room_SOURCES})
  # The library is installed, without our warnings and without this folder's paths.
  target_include_directories(bbgrant_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(bbgrant_${name} PUBLIC ${room_LINKS}
                        PRIVATE ${room_PRIVATE_LINKS} $<BUILD_INTERFACE:bbgrant_compiling>)
endfunction()
