# Writes OUTPUT, a C++ file with every file below ROOT/templates and ROOT/assets as a literal.
# Run as a script: cmake -DROOT=... -DOUTPUT=... -P embed.cmake
function(literals folder pattern function_name out)
  file(GLOB files ${ROOT}/${folder}/${pattern})
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
    string(APPEND rows "    {\"${name}\", \"${hash}\", R\"web~(${text})web~\"},\n")
  endforeach()
  set(${out} "std::span<const EmbeddedFile> ${function_name}() noexcept {
  static constexpr EmbeddedFile kFiles[] = {
${rows}  };
  return kFiles;
}
" PARENT_SCOPE)
endfunction()

literals(templates *.mustache embedded_templates templates)
literals(assets * embedded_assets assets)
file(WRITE ${OUTPUT} "// SPDX-License-Identifier: MIT
// Generated from web/ by src/pages/embed.cmake.
#include \"pages/embedded_files.hpp\"

namespace bbgrant::pages {

${templates}
${assets}
}  // namespace bbgrant::pages
")
