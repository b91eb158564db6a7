# xf_module(NAME [DEPS modules…] [LIBS libraries…] [TEST_LIBS libraries…] [APART files…])
#
# One folder = one static library `xf_NAME` from its *.cc, and one test program `NAME_test` from its *_test.cc.
# DEPS are other modules; LIBS are the third-party libraries that this folder alone may name.
# The sanitizers' builds compile several files of a folder as one, in half of the time. APART are the files that share
# private names with a neighbour, so that they are compiled alone there too; `*` is all of the folder.

add_library(xf_flags INTERFACE)
# Warnings are g++'s to judge, in the builds that compile each file by itself.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_UNITY_BUILD)
  target_compile_options(xf_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror)
  # g++ 12 reports uninitialised members in variants of strings that are initialised, and overlaps of inlined string
  # concatenations that cannot be (GCC bug 105651).
  target_compile_options(xf_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
if(XFLOW_SANITIZE)
  target_compile_options(xf_flags INTERFACE -fsanitize=${XFLOW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(xf_flags INTERFACE -fsanitize=${XFLOW_SANITIZE})
endif()

if(XFLOW_FUZZ)
  # The fuzzer steers by the branches that its inputs reach, so every module counts them.
  target_compile_options(xf_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_package(Threads REQUIRED)
if(XFLOW_TESTS)
  find_package(GTest REQUIRED)
endif()

function(xf_module NAME)
  cmake_parse_arguments(M "" "" "DEPS;LIBS;TEST_LIBS;APART" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  file(GLOB headers CONFIGURE_DEPENDS *.h)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(TRANSFORM M_DEPS PREPEND xf_)
  if(M_APART STREQUAL "*")
    set(CMAKE_UNITY_BUILD OFF)
  else()
    set_source_files_properties(${M_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  if(sources)
    add_library(xf_${NAME} STATIC ${sources} ${headers})
    target_link_libraries(xf_${NAME} PUBLIC xf_flags ${M_DEPS} ${M_LIBS} Threads::Threads)
    target_include_directories(xf_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  else()
    add_library(xf_${NAME} INTERFACE)
    target_link_libraries(xf_${NAME} INTERFACE xf_flags ${M_DEPS} ${M_LIBS} Threads::Threads)
    target_include_directories(xf_${NAME} INTERFACE ${CMAKE_SOURCE_DIR}/src)
  endif()
  if(tests AND XFLOW_TESTS)
    add_executable(${NAME}_test ${tests})
    target_link_libraries(${NAME}_test PRIVATE xf_${NAME} ${M_TEST_LIBS} GTest::gtest_main GTest::gmock)
    # Tests name their cases alike.
    set_target_properties(${NAME}_test PROPERTIES UNITY_BUILD OFF)
    add_test(NAME ${NAME} COMMAND ${NAME}_test)
  endif()
endfunction()
