import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/** Pixels from the end that still count as the end: a zoomed page rounds. */
const slack = 8

/** Keeps the end of `list` in view as it grows, until somebody scrolls up. */
export function useFollow(list: RefObject<HTMLElement>, rows: readonly unknown[]) {
  const isFollowing = useSignal(true)
  const follow = () => {
    isFollowing.value = true
    const element = list.current
    if (element !== null) element.scrollTop = element.scrollHeight
  }
  useLayoutEffect(() => {
    if (isFollowing.value && rows.length > 0) follow()
  }, [rows])
  const scrolled = ({ currentTarget }: { readonly currentTarget: HTMLElement }) => {
    const { scrollHeight, scrollTop, clientHeight } = currentTarget
    isFollowing.value = scrollHeight - scrollTop - clientHeight <= slack
  }
  return { isFollowing: isFollowing.value, follow, scrolled }
}
