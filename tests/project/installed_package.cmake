# cmake -D BUILD= -D SOURCE= -D WORK= -D VERSION= -P installed_package.cmake
# Installs into a folder of its own, moves that folder, and builds a stranger's program against it:
# once through find_package, once through pkg-config, without a warning.

function(run)
  cmake_parse_arguments(PARSE_ARGV 0 run "" "OUTPUT" "COMMAND")
  execute_process(COMMAND ${run_COMMAND} OUTPUT_VARIABLE out ERROR_VARIABLE err
                  RESULT_VARIABLE result)
  if(result)
    string(JOIN " " command ${run_COMMAND})
    message(FATAL_ERROR "${command}\nended with ${result}:\n${out}${err}")
  endif()
  if(run_OUTPUT)
    string(STRIP "${out}" out)
    set(${run_OUTPUT} "${out}" PARENT_SCOPE)
  endif()
endfunction()

function(expect_output program)
  run(COMMAND ${program} OUTPUT out)
  if(NOT out STREQUAL "${VERSION} abc")
    message(FATAL_ERROR "${program} printed \"${out}\", not \"${VERSION} abc\"")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/before)
file(RENAME ${WORK}/before ${WORK}/prefix)

run(COMMAND ${WORK}/prefix/bin/bbgrant version)

set(warnings "-std=c++20 -Wall -Wextra -Wpedantic -Werror")
run(COMMAND ${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/build
            -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_FLAGS=${warnings})
run(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build)
foreach(program IN ITEMS stranger stranger_static stranger_encrypted)
  expect_output(${WORK}/build/${program})
endforeach()

# What is loaded is named with its version.
file(GLOB soname ${WORK}/prefix/lib*/libbbgrant.so.*.*.* ${WORK}/prefix/lib*/*/libbbgrant.so.*.*.*)
run(COMMAND objdump -p ${soname} OUTPUT headers)
string(REGEX MATCH "SONAME +libbbgrant\\.so\\.[0-9]+\\.[0-9]+\n" found "${headers}\n")
if(NOT found)
  message(FATAL_ERROR "${soname} has no SONAME with its version:\n${headers}")
endif()

file(GLOB_RECURSE pc ${WORK}/prefix/bbgrant.pc)
cmake_path(GET pc PARENT_PATH pc_folder)
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
run(COMMAND pkg-config --cflags --libs bbgrant OUTPUT flags)
separate_arguments(flags UNIX_COMMAND "${flags}")
separate_arguments(warnings UNIX_COMMAND "${warnings}")
run(COMMAND c++ ${warnings} ${SOURCE}/main.cpp ${SOURCE}/other.cpp ${flags} -o ${WORK}/stranger)
cmake_path(GET pc_folder PARENT_PATH lib_folder)
set(ENV{LD_LIBRARY_PATH} ${lib_folder})
expect_output(${WORK}/stranger)
