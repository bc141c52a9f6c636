# How our own code is compiled. Nothing here reaches those who embed the library.

add_library(bbgrant_compiling INTERFACE)
target_compile_options(bbgrant_compiling INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wswitch-enum
  -Wnon-virtual-dtor -Wold-style-cast
  # g++ 12 sees overlapping copies in std::string's operator+ where there are none (GCC bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  # Off with sanitizers: they make g++ 12 warn of its own library. Release and debug builds decide.
  $<$<BOOL:${BBGRANT_WERROR}>:-Werror>)

# Hardening of what we ship (S62); the sanitizers bring their own.
if(NOT BBGRANT_SANITIZE)
  target_compile_options(bbgrant_compiling INTERFACE
    -fstack-protector-strong -fcf-protection $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
  add_link_options(-Wl,-z,relro,-z,now -Wl,--as-needed)
else()
  add_compile_options(-fsanitize=${BBGRANT_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${BBGRANT_SANITIZE})
endif()
if(BBGRANT_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL Debug)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

include(CheckPIESupported)
check_pie_supported()
