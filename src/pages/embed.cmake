# Writes OUTPUT, a C++ file with every file below ROOT/templates and ROOT/assets and the programs in
# EXAMPLES as literals; the assets also as gzip and, where there is a BROTLI, as brotli.
# Run as a script: cmake -DROOT=... -DEXAMPLES=... -DGZIP=... -DBROTLI=... -DOUTPUT=... -P embed.cmake
set(arrays "")

# Adds the output of a command as an array of bytes; gives the name of the array in `out`.
function(compressed file name out)
  if("${ARGV3}" STREQUAL "")
    set(${out} "{}" PARENT_SCOPE)
    return()
  endif()
  execute_process(COMMAND ${ARGN} ${file} OUTPUT_FILE ${OUTPUT}.part COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${OUTPUT}.part bytes HEX)
  file(REMOVE ${OUTPUT}.part)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(MAKE_C_IDENTIFIER "k_${name}" array)
  set(arrays "${arrays}constexpr char ${array}[] = {${bytes}};\n" PARENT_SCOPE)
  set(${out} "{${array}, sizeof ${array}}" PARENT_SCOPE)
endfunction()

function(literals function_name out)
  file(GLOB files ${ARGN})
  list(SORT files)
  set(rows "")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME)
    file(SHA256 ${file} hash)
    string(SUBSTRING ${hash} 0 12 hash)
    file(READ ${file} text)
    string(FIND "${text}" ")web~\"" clash)
    if(NOT clash EQUAL -1)
      message(FATAL_ERROR "${file} holds the end of our own literal")
    endif()
    set(gzip "{}")
    set(brotli "{}")
    if(function_name STREQUAL embedded_assets)
      compressed(${file} "${name}_gzip" gzip ${GZIP} -9 -n -c)
      compressed(${file} "${name}_brotli" brotli ${BROTLI} -q 11 -c)
    endif()
    string(APPEND rows
           "    {\"${name}\", \"${hash}\", R\"web~(${text})web~\", ${gzip}, ${brotli}},\n")
  endforeach()
  set(arrays "${arrays}" PARENT_SCOPE)
  set(${out} "std::span<const EmbeddedFile> ${function_name}() noexcept {
  static constexpr EmbeddedFile kFiles[] = {
${rows}  };
  return kFiles;
}
" PARENT_SCOPE)
endfunction()

literals(embedded_templates templates ${ROOT}/templates/*.mustache)
literals(embedded_assets assets ${ROOT}/assets/*)
literals(embedded_examples examples ${EXAMPLES}/*.cpp ${EXAMPLES}/*.sh ${EXAMPLES}/*.mjs)
file(WRITE ${OUTPUT} "// SPDX-License-Identifier: MIT
// Generated from web/ and examples/ by src/pages/embed.cmake.
#include \"pages/embedded_files.hpp\"

namespace bbgrant::pages {

namespace {
${arrays}
}  // namespace

${templates}
${assets}
${examples}
}  // namespace bbgrant::pages
")
