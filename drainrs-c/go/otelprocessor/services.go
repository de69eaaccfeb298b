package otelprocessor

import (
	"container/list"
	"sync"
)

// services are those that have an engine, at most a fixed number. Whoever holds a service's mutex must not call this: a service
// that has to go is waited for.
type services struct {
	most int
	// Called with the mutex of a service that has to go.
	retire func(*service)

	mu     sync.Mutex
	byName map[string]*list.Element
	recent *list.List // of *service, the latest used in front
}

func newServices(most int, retire func(*service)) *services {
	return &services{most: most, retire: retire, byName: map[string]*list.Element{}, recent: list.New()}
}

// locked gives a service, whose mutex the caller has to unlock.
func (all *services) locked(name string) *service {
	for {
		s := all.latest(name)
		s.mu.Lock()
		if !s.retired {
			return s
		}
		s.mu.Unlock()
	}
}

// latest gives a service and makes it the latest used. The one that makes room is saved before this returns: its successor
// would restore an older state otherwise.
func (all *services) latest(name string) *service {
	all.mu.Lock()
	defer all.mu.Unlock()
	if element, there := all.byName[name]; there {
		all.recent.MoveToFront(element)
		return element.Value.(*service)
	}
	for all.recent.Len() >= all.most {
		all.remove(all.recent.Back())
	}
	s := newService(name)
	all.byName[name] = all.recent.PushFront(s)
	return s
}

func (all *services) remove(element *list.Element) {
	s := element.Value.(*service)
	s.mu.Lock()
	defer s.mu.Unlock()
	all.retire(s)
	s.retired = true
	all.recent.Remove(element)
	delete(all.byName, s.name)
}

// all gives every service, the latest used first.
func (all *services) all() []*service {
	all.mu.Lock()
	defer all.mu.Unlock()
	found := make([]*service, 0, all.recent.Len())
	for element := all.recent.Front(); element != nil; element = element.Next() {
		found = append(found, element.Value.(*service))
	}
	return found
}

// close retires every service.
func (all *services) close() {
	all.mu.Lock()
	defer all.mu.Unlock()
	for all.recent.Len() > 0 {
		all.remove(all.recent.Back())
	}
}
