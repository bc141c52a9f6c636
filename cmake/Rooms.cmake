# bbgrant_room(<name> SOURCES ... LINKS ...): one static library for one folder of src/, linked with
# nothing but what the table of rooms allows (CONTRIBUTING.md). Inside src/ a header is included by
# its path below src/: "http/server.hpp".
function(bbgrant_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;LINKS;PRIVATE_LINKS")
  add_library(bbgrant_${name} STATIC ${room_SOURCES})
  target_include_directories(bbgrant_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src
                                                    ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(bbgrant_${name} PUBLIC ${room_LINKS}
                                        PRIVATE ${room_PRIVATE_LINKS} bbgrant_compiling)
endfunction()
